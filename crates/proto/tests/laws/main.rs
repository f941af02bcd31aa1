//! Laws of stored commits, on arbitrary ones.

mod arbitrary;
mod gatherings;
mod notebook;
mod stored;

use kith_domain::event::Commit;
use kith_proto::event::{DecodeError, Stored};
use proptest::prelude::*;
use prost::Message;

use arbitrary::{clear, commits, perhaps_erased};
use notebook::{Erasing, Notebook};
use stored::as_stored;

/// What a later version might write: an event in a field that this version doesn't know.
#[derive(Clone, PartialEq, Message)]
struct LaterEvent {
    #[prost(bytes = "vec", tag = "900")]
    body: Vec<u8>,
    #[prost(bool, tag = "1000")]
    may_ignore: bool,
}

/// The part of a commit that holds it. Protobuf joins messages that follow each other.
#[derive(Clone, PartialEq, Message)]
struct LaterEvents {
    #[prost(message, repeated, tag = "7")]
    events: Vec<LaterEvent>,
}

fn through_bytes(commit: &Commit) -> Result<Commit, DecodeError> {
    let mut notebook = Notebook::default();
    let bytes = Stored::seal(commit, &mut notebook).encode();
    Stored::decode(&bytes)?.open(&mut notebook)
}

/// Stored bytes of `commit` with an event of a later version in front of its own.
fn with_later_event(commit: &Commit, body: Vec<u8>, may_ignore: bool) -> (Vec<u8>, Notebook) {
    let mut notebook = Notebook::behind(1);
    let known = Stored::seal(commit, &mut notebook).encode();
    let later = LaterEvents {
        events: vec![LaterEvent { body, may_ignore }],
    };
    let bytes = [later.encode_to_vec().as_slice(), &known].concat();
    (bytes, notebook.counting_all())
}

/// Everything that can be asked of bytes. Answers are of no interest, only that there is one.
fn ask_everything(bytes: &[u8]) {
    let Ok(stored) = Stored::decode(bytes) else {
        return;
    };
    let _ = stored.id();
    let _ = stored.fingerprint();
    let _ = stored.organisation();
    let _ = stored.open(&mut Notebook::default());
    let _ = stored.open(&mut Erasing);
}

proptest! {
    #[test]
    fn a_commit_reads_back_as_it_was_written(commit in commits(clear())) {
        prop_assert_eq!(through_bytes(&commit), Ok(commit));
    }

    #[test]
    fn an_erased_text_reads_back_as_absent_and_everything_else_as_it_was(
        commit in commits(perhaps_erased())
    ) {
        prop_assert_eq!(through_bytes(&commit), Ok(as_stored(commit)));
    }

    #[test]
    fn the_header_is_readable_without_a_key(commit in commits(clear())) {
        let bytes = Stored::seal(&commit, &mut Notebook::default()).encode();
        let stored = Stored::decode(&bytes).expect("just written");
        prop_assert_eq!(stored.id(), Ok(commit.id));
        prop_assert_eq!(stored.fingerprint(), Ok(commit.fingerprint));
        prop_assert_eq!(stored.organisation(), Ok(commit.organisation));
    }

    #[test]
    fn the_same_commit_gives_the_same_bytes(commit in commits(clear())) {
        let bytes = || Stored::seal(&commit, &mut Notebook::default()).encode();
        let once = bytes();
        prop_assert_eq!(Stored::decode(&once).map(|stored| stored.encode()), Ok(once.clone()));
        prop_assert_eq!(bytes(), once);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        ask_everything(&bytes);
    }

    #[test]
    fn no_damage_to_a_commit_makes_it_panic(
        commit in commits(clear()),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = Stored::seal(&commit, &mut Notebook::default()).encode().to_vec();
        ask_everything(&bytes[..cut.index(bytes.len())]);
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] ^= byte;
        }
        ask_everything(&bytes);
    }

    #[test]
    fn an_event_of_a_later_version_stops_the_reader(
        commit in commits(clear()),
        body in prop::collection::vec(any::<u8>(), 0..32),
    ) {
        let (bytes, mut notebook) = with_later_event(&commit, body, false);
        let opened = Stored::decode(&bytes).and_then(|stored| stored.open(&mut notebook));
        prop_assert_eq!(opened, Err(DecodeError::UnknownEvent));
    }

    #[test]
    fn an_event_that_may_be_ignored_is_left_out_and_the_others_keep_their_places(
        commit in commits(clear()),
        body in prop::collection::vec(any::<u8>(), 0..32),
    ) {
        let (bytes, mut notebook) = with_later_event(&commit, body, true);
        let opened = Stored::decode(&bytes).and_then(|stored| stored.open(&mut notebook));
        prop_assert_eq!(opened, Ok(commit));
    }
}
