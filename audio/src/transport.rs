//! What is to be done about a command: a state machine without sound, time or input.

use crate::command::{AudioCommand, Item};

/// What a command changes.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Drop all sound and begin with this item.
    Begin(Item),
    /// Drop all sound.
    Silence,
    /// Go to a place in the item that is heard, in milliseconds.
    Seek(u64),
    /// What follows changed: what was prepared of another next item is to be dropped.
    NextChanged,
    /// Play or pause.
    Play(bool),
    /// The volume as a factor.
    Volume(f32),
    /// Nothing.
    None,
}

/// What is wanted: an item, what follows it, and whether it sounds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Transport {
    playing: bool,
    loaded: bool,
    next: Option<Item>,
}

impl Transport {
    /// Takes a command in and says what changes.
    pub fn apply(&mut self, command: AudioCommand) -> Effect {
        match command {
            AudioCommand::Load { item, play } => {
                self.loaded = true;
                self.playing = play;
                self.next = None;
                Effect::Begin(item)
            }
            AudioCommand::SetNext(item) => {
                if self.next == item {
                    return Effect::None;
                }
                // With nothing loaded there is nothing to follow; the item waits for the next load's end.
                self.next = item;
                Effect::NextChanged
            }
            AudioCommand::Play => self.set_playing(true),
            AudioCommand::Pause => self.set_playing(false),
            AudioCommand::Stop => {
                *self = Self::default();
                Effect::Silence
            }
            AudioCommand::Seek(_) if !self.loaded => Effect::None,
            AudioCommand::Seek(position) => Effect::Seek(position),
            AudioCommand::SetVolume(thousandths) => Effect::Volume(f32::from(thousandths.min(1000)) / 1000.0),
        }
    }

    fn set_playing(&mut self, playing: bool) -> Effect {
        if !self.loaded || self.playing == playing {
            return Effect::None;
        }
        self.playing = playing;
        Effect::Play(playing)
    }

    /// Whether sound is wanted.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Whether there is an item.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// What follows the current item.
    #[must_use]
    pub fn next(&self) -> Option<&Item> {
        self.next.as_ref()
    }

    /// Takes what follows: it is read from now on.
    pub fn take_next(&mut self) -> Option<Item> {
        self.next.take()
    }

    /// Puts back what was taken and not heard.
    pub fn put_back(&mut self, item: Item) {
        self.next.get_or_insert(item);
    }

    /// The last item was heard to its end.
    pub fn finished(&mut self) {
        self.loaded = false;
        self.playing = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::SourceAddress;

    fn item(key: u64) -> Item {
        Item {
            key,
            address: SourceAddress::Path(String::new()),
            start: 0,
            gain: 0.0,
        }
    }

    #[track_caller]
    fn check_effects(commands: Vec<AudioCommand>, expected: &[Effect]) -> Transport {
        let mut transport = Transport::default();
        let effects: Vec<Effect> = commands
            .into_iter()
            .map(|command| transport.apply(command))
            .collect();
        assert_eq!(effects, expected);
        transport
    }

    #[test]
    fn without_an_item_nothing_plays_or_seeks() {
        use AudioCommand::{Pause, Play, Seek};
        check_effects(
            vec![Play, Pause, Seek(5)],
            &[Effect::None, Effect::None, Effect::None],
        );
    }

    #[test]
    fn playing_twice_is_playing_once() {
        let load = AudioCommand::Load {
            item: item(1),
            play: false,
        };
        let commands = vec![load, AudioCommand::Play, AudioCommand::Play, AudioCommand::Pause];
        let expected = [
            Effect::Begin(item(1)),
            Effect::Play(true),
            Effect::None,
            Effect::Play(false),
        ];
        let transport = check_effects(commands, &expected);
        assert!(!transport.is_playing() && transport.is_loaded());
    }

    #[test]
    fn loading_and_stopping_forget_what_followed() {
        let load = |key| AudioCommand::Load {
            item: item(key),
            play: true,
        };
        let commands = vec![load(1), AudioCommand::SetNext(Some(item(2))), load(3)];
        let transport = check_effects(
            commands,
            &[
                Effect::Begin(item(1)),
                Effect::NextChanged,
                Effect::Begin(item(3)),
            ],
        );
        assert_eq!(transport.next(), None);
    }

    #[test]
    fn volume_stays_within_full_scale() {
        let expected = [Effect::Volume(0.25), Effect::Volume(1.0)];
        check_effects(
            vec![AudioCommand::SetVolume(250), AudioCommand::SetVolume(9999)],
            &expected,
        );
    }
}
