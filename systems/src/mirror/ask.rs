//! What hosts ask of views and queries, and the answers.

use bevy_ecs::message::{MessageCursor, Messages};
use bevy_ecs::system::Local;
use bevy_ecs::world::{Mut, World};
use segue_components::prelude::*;

use super::host::Host;
use super::send::{Mirrors, is_indexed};
use super::view::View;
use crate::catalog::Catalog;
use crate::clock::{Clock, Wake};
use crate::link::{Asked, HostId, HostSaid};
use crate::query::index::{self, Index};
use crate::query::parser;

/// How many views one host may open.
const MOST_VIEWS: usize = 64;
/// How many searches of one host are answered in one tick, and how many may wait.
const SEARCHES_PER_TICK: usize = 8;
const MOST_WAITING: usize = 1_024;

/// Takes in what hosts say of their links, and answers what they ask of views and queries.
pub(crate) fn hear_hosts(
    world: &mut World,
    mut said: Local<MessageCursor<HostSaid>>,
    mut asked: Local<MessageCursor<Asked>>,
) {
    let said: Vec<_> = said
        .read(world.resource::<Messages<HostSaid>>())
        .copied()
        .collect();
    let mut askers = Vec::new();
    let asked: Vec<_> = asked
        .read(world.resource::<Messages<Asked>>())
        .inspect(|asked| askers.push(asked.host))
        .filter(|asked| {
            matches!(
                asked.request,
                Request::OpenView { .. }
                    | Request::MoveView { .. }
                    | Request::CloseView { .. }
                    | Request::FollowRow { .. }
                    | Request::Locate { .. }
                    | Request::QueryTracks { .. }
                    | Request::GetTrack { .. }
            )
        })
        .cloned()
        .collect();
    if said.is_empty() && askers.is_empty() && !world.resource::<Mirrors>().has_waiting() {
        return;
    }
    world.resource_scope(|world, mut mirrors: Mut<Mirrors>| {
        for said in said {
            mirrors.hear(world, said);
        }
        // What came of a request is seen before its answer arrives: frames go out before answers.
        for host in askers {
            if let Some(host) = mirrors.hosts.get_mut(host) {
                host.urgent = true;
            }
        }
        for asked in asked {
            let Some(asked) = mirrors.put_off(world, asked) else {
                continue;
            };
            let answer = mirrors.answer(world, &asked);
            world.write_message(asked.answer(answer));
        }
        mirrors.answer_waiting(world);
    });
}

/// Whether a request is answered by searching, and so waits for the index and its turn.
fn is_search(request: &Request) -> bool {
    matches!(request, Request::QueryTracks { .. } | Request::Locate { .. })
}

impl Mirrors {
    fn has_waiting(&self) -> bool {
        self.hosts.values().any(|host| !host.waiting.is_empty())
    }

    /// Puts a search where it waits, and gives back what is answered at once. A host that asks faster than it can be
    /// answered is told so.
    fn put_off(&mut self, world: &mut World, asked: Asked) -> Option<Asked> {
        let host = self
            .hosts
            .get_mut(asked.host)
            .filter(|_| is_search(&asked.request));
        let Some(host) = host else { return Some(asked) };
        if host.waiting.len() < MOST_WAITING {
            host.waiting.push_back(asked);
        } else {
            let reason = format!("{MOST_WAITING} searches of this host wait already");
            world.write_message(asked.answer(Err(RequestError::Failed { reason })));
        }
        None
    }

    /// Answers the searches whose turn it is: a few of each host, so that none of them holds up a tick.
    fn answer_waiting(&mut self, world: &mut World) {
        if !is_indexed(world) {
            return;
        }
        let mut turn = Vec::new();
        world.resource_scope(|_, mut index: Mut<Index>| {
            for host in self.hosts.values_mut() {
                for _ in 0..SEARCHES_PER_TICK {
                    let is_due = host.waiting.front().is_some_and(|asked| match &asked.request {
                        // What is wrong is said at once.
                        Request::QueryTracks { query, .. } => {
                            parser::parse(query).map_or(true, |query| index.prepare(Noun::Track, &query))
                        }
                        _ => true,
                    });
                    if !is_due {
                        break;
                    }
                    turn.extend(host.waiting.pop_front());
                }
            }
        });
        for asked in turn {
            let answer = self.answer(world, &asked);
            world.write_message(asked.answer(answer));
        }
        if self.has_waiting() {
            let now = world.resource::<Clock>().now;
            world.resource_mut::<Wake>().at(now);
        }
    }

    fn answer(&mut self, world: &mut World, asked: &Asked) -> Result<Response, RequestError> {
        match &asked.request {
            Request::OpenView {
                view,
                noun,
                query,
                offset,
                limit,
            } => {
                check_limit(*limit)?;
                if !matches!(noun, Noun::Track | Noun::Album) {
                    return Err(invalid(format!("a view shows tracks or albums, not {noun:?}")));
                }
                let host = self.host(asked.host)?;
                if host.views.len() >= MOST_VIEWS && !host.views.has(*view) {
                    return Err(invalid(format!("{MOST_VIEWS} views are open already")));
                }
                let open = host.views.get_or_insert_with(*view, || View::new(*view, *noun));
                if open.noun != *noun {
                    *open = View::new(*view, *noun);
                }
                open.set_window(*offset, *limit);
                host.urgent = true;
                open.set_query(query)?;
                Ok(Response::Done)
            }
            Request::MoveView { view, offset, limit } => {
                check_limit(*limit)?;
                let host = self.host(asked.host)?;
                host.view(*view)?.set_window(*offset, *limit);
                host.urgent = true;
                Ok(Response::Done)
            }
            Request::FollowRow { view, id } => {
                let host = self.host(asked.host)?;
                host.view(*view)?.follow(*id);
                host.urgent = true;
                Ok(Response::Done)
            }
            Request::Locate { view, id } => {
                let view = self.host(asked.host)?.view(*view)?;
                let noun = view.noun;
                let position = view.query().and_then(|(_, query)| {
                    world.resource_scope(|world, mut index: Mut<Index>| {
                        index.position(world, noun, query, *id)
                    })
                });
                Ok(Response::Position(position))
            }
            Request::CloseView { view } => {
                let host = self.host(asked.host)?;
                host.unsettled |= host.views.remove(*view).is_some();
                Ok(Response::Done)
            }
            Request::QueryTracks { query, offset, limit } => {
                check_limit(*limit)?;
                let found = index::find(world, Noun::Track, query, *offset, *limit)?;
                let rows = found
                    .ids
                    .iter()
                    .filter_map(|&id| track_row(world, TrackId(id)))
                    .collect();
                Ok(Response::Tracks {
                    total: found.total,
                    rows,
                })
            }
            Request::GetTrack { track } => Ok(Response::Track(track_row(world, *track).map(Box::new))),
            _ => unreachable!("other requests were filtered out"),
        }
    }

    fn host(&mut self, host: HostId) -> Result<&mut Host, RequestError> {
        self.hosts
            .get_mut(host)
            .filter(|host| !host.refused)
            .ok_or_else(|| invalid("a host says hello first".into()))
    }
}

fn invalid(reason: String) -> RequestError {
    RequestError::Invalid { reason }
}

pub(crate) fn check_limit(limit: u32) -> Result<(), RequestError> {
    if limit <= Request::MOST_ROWS {
        Ok(())
    } else {
        Err(invalid(format!(
            "{limit} rows were asked for, at most {} are given at once",
            Request::MOST_ROWS
        )))
    }
}

/// A track as one flat record, with what its album and its file add.
#[must_use]
pub fn track_row(world: &World, track: TrackId) -> Option<TrackRow> {
    let catalog = world.resource::<Catalog>();
    let track = world.get_entity(catalog.entity(track)?).ok()?;
    let album = track.get::<OnAlbum>().and_then(|album| catalog.entity(album.0));
    let file = track.get::<PlayedFrom>().and_then(|file| catalog.entity(file.0));
    Some(TrackRow::of(
        track,
        album.and_then(|album| world.get_entity(album).ok()),
        file.and_then(|file| world.get_entity(file).ok()),
    ))
}
