//! Pictures as they stand in the files that embed them: read when somebody asks, and not kept.

use bevy_ecs::message::Messages;
use bevy_ecs::resource::Resource;
use bevy_ecs::world::{Mut, World};
use bevy_platform::collections::HashMap;
use segue_components::prelude::*;

use super::ScanLink;
use super::job::Scans;
use super::work::{ReadAnswer, ReadRequest, Want};
use crate::catalog;
use crate::link::{Answer, Asked};

/// Who waits for which read.
#[derive(Resource, Debug, Default)]
pub struct Originals(HashMap<u64, Asked>);

/// Answers the requests for originals; those for thumbnails are the store's.
pub(super) fn answer_requests(world: &mut World) {
    let asked: Vec<Asked> = world
        .resource_mut::<Messages<Asked>>()
        .iter_current_update_messages()
        .filter(|asked| matches!(asked.request, Request::GetArtwork { original: true, .. }))
        .cloned()
        .collect();
    for asked in asked {
        let Request::GetArtwork { artwork, .. } = asked.request else {
            continue;
        };
        let ticket = world.resource_mut::<Scans>().next_ticket();
        let sent = file_of(world, artwork, ticket)
            .is_some_and(|request| world.resource::<ScanLink>().pool.send(request).is_ok());
        if sent {
            world.resource_mut::<Originals>().0.insert(ticket, asked);
        } else {
            world.write_message(asked.answer(Ok(Response::Artwork(None))));
        }
    }
}

/// The file to read a picture from.
fn file_of(world: &World, artwork: ArtworkId, ticket: u64) -> Option<ReadRequest> {
    let file = catalog::get::<EmbeddedIn>(world, artwork)?.0;
    let location = catalog::get::<Location>(world, file)?;
    Some(ReadRequest {
        ticket,
        kind: catalog::get::<ProviderKind>(world, location.provider)?.clone(),
        path: location.path.to_string(),
        size: catalog::get::<FileStamp>(world, file).map_or(0, |stamp| stamp.size),
        want: Want::Picture,
    })
}

impl Originals {
    /// Passes on what was read for somebody who waits; gives back every other answer of the pool.
    pub(super) fn receive(world: &mut World, answer: ReadAnswer) -> Option<ReadAnswer> {
        world.resource_scope(|world, mut originals: Mut<Self>| {
            let Some(asked) = originals.0.remove(&answer.ticket) else {
                return Some(answer);
            };
            let picture = answer.result.map(|read| Response::Artwork(read.original));
            let picture = picture.map_err(|reason| RequestError::Failed { reason });
            let _: Option<_> = world.write_message::<Answer>(asked.answer(picture));
            None
        })
    }
}
