//! The library's end of its links to hosts: bytes in, requests out to whoever answers them, answers back.
//!
//! A link is a pair of channels natively and a `MessagePort` in a browser, where a pump moves bytes
//! between port and channels; nothing here knows which.

use bevy_ecs::message::{Message, MessageReader, MessageRegistry, MessageWriter, Messages};
use bevy_ecs::resource::Resource;
use bevy_ecs::schedule::{IntoScheduleConfigs, Schedules};
use bevy_ecs::system::ResMut;
use bevy_ecs::world::World;
use crossbeam_channel::{Receiver, Sender, TryRecvError};
use segue_components::intent::Request;
use segue_components::report::{RequestError, Response};
use segue_components::wire::message::{ToHost, ToLibrary};

use crate::plugin::Plugin;
use crate::schedule::{Tick, TickSystems};

/// One host of this library. Numbers are not reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostId(pub u32);

/// A host asks. Exactly one system answers each variant of [`Request`], with an [`Answer`].
#[derive(Message, Debug, Clone)]
pub struct Asked {
    /// Who.
    pub host: HostId,
    /// The host's number for it.
    pub id: u32,
    /// What.
    pub request: Request,
}

impl Asked {
    /// The answer to this request.
    #[must_use]
    pub fn answer(&self, answer: Result<Response, RequestError>) -> Answer {
        Answer {
            host: self.host,
            id: self.id,
            answer,
        }
    }
}

/// What was asked in this tick and is one's to answer.
pub fn asked(world: &World, is_ours: fn(&Request) -> bool) -> Vec<Asked> {
    let messages = world.get_resource::<Messages<Asked>>();
    let current = messages
        .into_iter()
        .flat_map(Messages::iter_current_update_messages);
    current.filter(|asked| is_ours(&asked.request)).cloned().collect()
}

/// The library answers.
#[derive(Message, Debug, Clone)]
pub struct Answer {
    /// Whom.
    pub host: HostId,
    /// The host's number for the request.
    pub id: u32,
    /// What.
    pub answer: Result<Response, RequestError>,
}

/// What a host says about its link, for the mirror.
#[derive(Message, Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostSaid {
    /// It is new, or begins anew: this protocol, so many frames in flight.
    Hello(HostId, u64, u32),
    /// So many more frames may come.
    Credits(HostId, u32),
    /// It lost its place and wants a snapshot.
    Resync(HostId),
    /// It is gone.
    Goodbye(HostId),
}

/// The links of a library.
#[derive(Resource, Debug, Default)]
pub struct Hosts {
    links: Vec<HostLink>,
    last: u32,
}

#[derive(Debug)]
struct HostLink {
    host: HostId,
    inbox: Receiver<Vec<u8>>,
    outbox: Sender<Vec<u8>>,
}

impl Hosts {
    /// Adds a host by its two channels.
    pub fn add(&mut self, inbox: Receiver<Vec<u8>>, outbox: Sender<Vec<u8>>) -> HostId {
        self.last += 1;
        let host = HostId(self.last);
        self.links.push(HostLink { host, inbox, outbox });
        host
    }

    /// Sends bytes to a host; to one that is gone they are dropped.
    pub fn send(&self, host: HostId, bytes: Vec<u8>) {
        if let Some(link) = self.links.iter().find(|link| link.host == host) {
            // A closed channel is noticed by the receiving side, which reads `Disconnected`.
            drop(link.outbox.send(bytes));
        }
    }
}

/// How many messages of one host a tick takes in: a flood from one end never starves the rest.
const MOST_PER_TICK: usize = 256;

/// Carries requests in and answers out.
#[derive(Debug, Default)]
pub struct LinkPlugin;

impl Plugin for LinkPlugin {
    fn build(&self, world: &mut World) {
        world.init_resource::<Hosts>();
        MessageRegistry::register_message::<Asked>(world);
        MessageRegistry::register_message::<Answer>(world);
        MessageRegistry::register_message::<HostSaid>(world);
        world.resource_mut::<Schedules>().add_systems(
            Tick,
            (
                receive_messages.in_set(TickSystems::Receive),
                send_answers.in_set(TickSystems::Send),
            ),
        );
    }
}

fn receive_messages(
    mut hosts: ResMut<Hosts>,
    mut asked: MessageWriter<Asked>,
    mut said: MessageWriter<HostSaid>,
) {
    hosts.links.retain(|link| {
        let host = link.host;
        for _ in 0..MOST_PER_TICK {
            let bytes = match link.inbox.try_recv() {
                Ok(bytes) => bytes,
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => {
                    said.write(HostSaid::Goodbye(host));
                    return false;
                }
            };
            match ToLibrary::read(&bytes) {
                Ok(ToLibrary::Request(id, request)) => {
                    asked.write(Asked { host, id, request });
                }
                Ok(ToLibrary::Hello { protocol, credits }) => {
                    said.write(HostSaid::Hello(host, protocol, credits));
                }
                Ok(ToLibrary::Credits(credits)) => {
                    said.write(HostSaid::Credits(host, credits));
                }
                Ok(ToLibrary::Resync) => {
                    said.write(HostSaid::Resync(host));
                }
                Ok(ToLibrary::Goodbye) => {
                    said.write(HostSaid::Goodbye(host));
                    return false;
                }
                Ok(other) => tracing::warn!(?host, ?other, "a message that this build does not know"),
                // Without an id there is nothing to answer; the host's own build check tells the listener.
                Err(error) => tracing::warn!(?host, %error, "a message that cannot be read"),
            }
        }
        true
    });
}

fn send_answers(hosts: ResMut<Hosts>, mut answers: MessageReader<Answer>) {
    for Answer { host, id, answer } in answers.read() {
        hosts.send(*host, ToHost::Answer(*id, answer.clone()).to_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::schedule;

    fn answer_flush(mut asked: MessageReader<Asked>, mut answers: MessageWriter<Answer>) {
        for asked in asked.read() {
            answers.write(asked.answer(Ok(Response::Done)));
        }
    }

    #[test]
    fn a_request_is_answered_under_its_own_number() {
        let mut world = World::new();
        schedule::setup(&mut world);
        LinkPlugin.build(&mut world);
        world
            .resource_mut::<Schedules>()
            .add_systems(Tick, answer_flush.in_set(TickSystems::Apply));
        let (to_library, inbox) = crossbeam_channel::unbounded();
        let (outbox, from_library) = crossbeam_channel::unbounded();
        world.resource_mut::<Hosts>().add(inbox, outbox);
        to_library.send(vec![0xff; 3]).unwrap();
        to_library
            .send(ToLibrary::Request(77, Request::Flush).to_bytes())
            .unwrap();
        schedule::run_tick(&mut world, Clock::default());
        let answer = ToHost::read(&from_library.try_recv().unwrap());
        assert_eq!(answer, Ok(ToHost::Answer(77, Ok(Response::Done))));
        drop(to_library);
        schedule::run_tick(&mut world, Clock::default());
        assert!(
            world.resource::<Hosts>().links.is_empty(),
            "a closed channel ends the link"
        );
    }

    #[derive(Resource, Default)]
    struct Seen(Vec<u32>);

    fn see(world: &mut World) {
        let asked = asked(world, |_| true);
        world
            .resource_mut::<Seen>()
            .0
            .extend(asked.iter().map(|asked| asked.id));
    }

    #[test]
    fn a_request_is_seen_in_one_tick_and_no_other() {
        let mut world = World::new();
        schedule::setup(&mut world);
        LinkPlugin.build(&mut world);
        world.init_resource::<Seen>();
        let mut schedules = world.resource_mut::<Schedules>();
        schedules.add_systems(Tick, see.in_set(TickSystems::Apply));
        let (to_library, inbox) = crossbeam_channel::unbounded();
        let (outbox, _from_library) = crossbeam_channel::unbounded();
        world.resource_mut::<Hosts>().add(inbox, outbox);
        for id in 0..20 {
            to_library
                .send(ToLibrary::Request(id, Request::Flush).to_bytes())
                .unwrap();
            for _ in 0..id % 5 {
                schedule::run_tick(&mut world, Clock::default());
            }
        }
        assert_eq!(world.resource::<Seen>().0, (0..20).collect::<Vec<u32>>());
    }
}
