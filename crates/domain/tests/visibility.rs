//! `visible` against the table of who may see what, for everybody who may ask and all there is.

use kith_domain::access::{Class, Principal, Resource, Role, Sight, visible};
use kith_domain::id::{KeyId, OrganisationId, PersonId};
use kith_domain::sharing::Level;

use Sight::{Anonymous, Full, Nothing};

const ME: PersonId = PersonId::from_bytes([1; 16]);
const ANOTHER: PersonId = PersonId::from_bytes([2; 16]);
const SOMEBODY_ELSE: PersonId = PersonId::from_bytes([3; 16]);

/// The columns of the table.
const CLASSES: [Class; 3] = [Class::Strength, Class::Metadata, Class::Content];

/// What somebody else sees of a resource, by [`CLASSES`]. The whole table: its owner sees all of
/// it, a key without a member nothing, and no role moves a cell.
const OTHERS_SEE: [(Kind, [Sight; 3]); 7] = [
    (Kind::Tie(Level::Named), [Full, Nothing, Nothing]),
    (Kind::Tie(Level::Anonymous), [Anonymous, Nothing, Nothing]),
    (Kind::Tie(Level::Private), [Nothing, Nothing, Nothing]),
    (Kind::Interaction, [Nothing, Nothing, Nothing]),
    (Kind::Note, [Nothing, Nothing, Nothing]),
    (Kind::SharedFact, [Full, Full, Full]),
    (Kind::PrivateFact, [Nothing, Nothing, Nothing]),
];

/// The rows of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Tie(Level),
    Interaction,
    Note,
    SharedFact,
    PrivateFact,
}

impl Kind {
    /// The row of a resource: one without a row does not compile.
    fn of(resource: Resource<'_>) -> Self {
        match resource {
            Resource::Tie { level, .. } => Self::Tie(level),
            Resource::Interaction { .. } => Self::Interaction,
            Resource::Note { .. } => Self::Note,
            Resource::Fact { private: false, .. } => Self::SharedFact,
            Resource::Fact { private: true, .. } => Self::PrivateFact,
        }
    }
}

/// Everything there is, each with whether it is mine.
fn resources() -> Vec<(Resource<'static>, bool)> {
    let mut all: Vec<(Resource<'static>, bool)> = [
        (&[][..], false),
        (&[ANOTHER][..], false),
        (&[ANOTHER, SOMEBODY_ELSE][..], false),
        (&[ME][..], true),
        (&[ANOTHER, ME][..], true),
    ]
    .map(|(members, mine)| (Resource::Interaction { members }, mine))
    .into();
    for owner in [ME, ANOTHER] {
        let mine = owner == ME;
        for level in Level::ALL {
            let member = owner;
            all.push((Resource::Tie { member, level }, mine));
        }
        let author = owner;
        all.push((Resource::Note { author }, mine));
        for private in [false, true] {
            all.push((Resource::Fact { author, private }, mine));
        }
    }
    all
}

fn expected(member: Option<PersonId>, resource: Resource<'_>, mine: bool, class: usize) -> Sight {
    if member.is_none() {
        return Nothing;
    }
    if mine {
        return Full;
    }
    let row = OTHERS_SEE
        .into_iter()
        .find(|(kind, _)| *kind == Kind::of(resource));
    row.expect("a row for every resource").1[class]
}

#[test]
fn everybody_sees_of_everything_what_the_table_says() {
    for role in Role::ALL {
        for member in [None, Some(ME)] {
            let principal = Principal {
                organisation: OrganisationId::from_bytes([9; 16]),
                key: KeyId::from_bytes([8; 16]),
                role,
                member,
            };
            for (resource, mine) in resources() {
                for (column, class) in CLASSES.into_iter().enumerate() {
                    assert_eq!(
                        visible(&principal, resource, class),
                        expected(member, resource, mine, column),
                        "{class:?} of {resource:?} for {principal:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_row_of_the_table_was_asked_for_as_mine_and_as_anothers() {
    for (kind, _) in OTHERS_SEE {
        for wanted in [true, false] {
            let asked = resources()
                .into_iter()
                .any(|(resource, mine)| Kind::of(resource) == kind && mine == wanted);
            assert!(asked, "{kind:?}, mine: {wanted}");
        }
    }
}
