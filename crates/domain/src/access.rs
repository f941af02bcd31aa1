//! Who may see what: one pure function, applied inside every query.

use crate::id::{KeyId, OrganisationId, PersonId};
use crate::sharing::Level;
use crate::time::Timestamp;

/// What a key may do. No role overrides visibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Runs the installation: creates organisations. Sees no relationship.
    Operator,
    /// Runs one organisation: members, keys, defaults.
    Admin,
    /// A person who signs in.
    Member,
    /// May export every tie that is not private; each export is recorded. Off by default.
    Analyst,
    /// A program that records moments on behalf of members; reads nothing of anybody's ties.
    Service,
}

impl Role {
    /// Every role, in the order of [`Role::index`].
    pub const ALL: [Self; 5] = [
        Self::Operator,
        Self::Admin,
        Self::Member,
        Self::Analyst,
        Self::Service,
    ];

    /// The position in [`Role::ALL`]; stored in rows, so it never changes.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The role at a stored position.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// The role's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Admin => "admin",
            Self::Member => "member",
            Self::Analyst => "analyst",
            Self::Service => "service",
        }
    }
}

/// Who asks: taken from the credential, never from the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Principal {
    /// The organisation the credential belongs to.
    pub organisation: OrganisationId,
    /// The key that was shown.
    pub key: KeyId,
    /// What the key may do.
    pub role: Role,
    /// The member it speaks for.
    pub member: Option<PersonId>,
}

/// What others wrote of a person, as somebody was shown it. Of one's own moments, and of what one wrote, nobody
/// else learns who reads it: it would tell whom one knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Content {
    /// What is known of them.
    Facts,
    /// What became of their entry, and of facts.
    Changes,
}

impl Content {
    /// Every one, in the order of [`Content::index`].
    pub const ALL: [Self; 2] = [Self::Facts, Self::Changes];

    /// The position in [`Content::ALL`]; stored in rows, so it never changes.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The content at a stored position.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }
}

/// Three classes of knowledge, shared separately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The band of a tie.
    Strength,
    /// When, with whom, which kind; every exact figure, history and explanation.
    Metadata,
    /// Notes, subjects, private facts.
    Content,
}

/// What is asked for, and the facts that decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource<'a> {
    /// A tie.
    Tie {
        /// Whose tie.
        member: PersonId,
        /// How much of its strength others see.
        level: Level,
    },
    /// An interaction: its existence, and its subject.
    Interaction {
        /// Its participants who are members.
        members: &'a [PersonId],
    },
    /// A note.
    Note {
        /// Who wrote it.
        author: PersonId,
    },
    /// A fact.
    Fact {
        /// Who noted it.
        author: PersonId,
        /// Whether the author keeps it to themselves.
        private: bool,
    },
}

/// How much of a resource a principal sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sight {
    /// Not even that it exists.
    Nothing,
    /// That someone has it, without a name.
    Anonymous,
    /// All of it.
    Full,
}

/// What `principal` sees of `resource` in `class`. The organisation was checked before: a
/// principal only ever queries its own.
///
/// A member's own is always theirs. Of others' ties the band alone is visible, as far as the
/// member shares it. A subject belongs to the participants who are members, a note to its author.
#[must_use]
pub fn visible(principal: &Principal, resource: Resource<'_>, class: Class) -> Sight {
    let Some(me) = principal.member else {
        return Sight::Nothing;
    };
    let own = match resource {
        Resource::Tie { member, .. } => member == me,
        Resource::Interaction { members } => members.contains(&me),
        Resource::Note { author } | Resource::Fact { author, .. } => author == me,
    };
    if own {
        return Sight::Full;
    }
    match (resource, class) {
        (
            Resource::Tie {
                level: Level::Named,
                ..
            },
            Class::Strength,
        )
        | (Resource::Fact { private: false, .. }, _) => Sight::Full,
        (
            Resource::Tie {
                level: Level::Anonymous,
                ..
            },
            Class::Strength,
        ) => Sight::Anonymous,
        _ => Sight::Nothing,
    }
}

/// Whether somebody who came along with a moment stands in the directory that `principal` sees.
/// `answered` are their ties that are more than unanswered mail, each with how much of it others see.
///
/// A member's own tie leads them there, and so does one that its member shares, named or not: a key
/// that speaks for no member sees what everybody does. Whoever was entered on purpose, and every
/// member, is in everybody's directory.
#[must_use]
pub fn in_directory(
    principal: &Principal,
    answered: impl IntoIterator<Item = (PersonId, Level)>,
) -> bool {
    let leads = |(member, level)| principal.member == Some(member) || level != Level::Private;
    answered.into_iter().any(leads)
}

/// Ties of others were looked at in bulk: the log keeps who did and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The key that exported.
    pub key: KeyId,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: PersonId = PersonId::from_bytes([1; 16]);
    const BEN: PersonId = PersonId::from_bytes([2; 16]);

    fn principal(role: Role, member: Option<PersonId>) -> Principal {
        Principal {
            organisation: OrganisationId::from_bytes([9; 16]),
            key: KeyId::from_bytes([8; 16]),
            role,
            member,
        }
    }

    #[test]
    fn nobody_sees_metadata_or_content_of_anothers_tie_whatever_their_role() {
        for role in Role::ALL {
            for level in Level::ALL {
                for class in [Class::Metadata, Class::Content] {
                    let tie = Resource::Tie { member: BEN, level };
                    assert_eq!(
                        visible(&principal(role, Some(ANA)), tie, class),
                        Sight::Nothing
                    );
                }
            }
        }
    }

    #[test]
    fn the_strength_of_anothers_tie_is_seen_as_far_as_it_is_shared() {
        let ana = principal(Role::Member, Some(ANA));
        let sight = |level| visible(&ana, Resource::Tie { member: BEN, level }, Class::Strength);
        assert_eq!(sight(Level::Named), Sight::Full);
        assert_eq!(sight(Level::Anonymous), Sight::Anonymous);
        assert_eq!(sight(Level::Private), Sight::Nothing);
    }

    #[test]
    fn a_note_is_for_its_author_alone_and_a_subject_for_the_members_who_took_part() {
        let ana = principal(Role::Member, Some(ANA));
        let note = Resource::Note { author: BEN };
        assert_eq!(visible(&ana, note, Class::Content), Sight::Nothing);
        let subject = Resource::Interaction {
            members: &[BEN, ANA],
        };
        assert_eq!(visible(&ana, subject, Class::Content), Sight::Full);
    }

    #[test]
    fn whoever_was_met_is_in_the_directory_of_those_whom_a_tie_leads_there() {
        let ana = principal(Role::Member, Some(ANA));
        let program = principal(Role::Service, None);
        for (ties, to_ana, to_program) in [
            (&[][..], false, false),
            (&[(ANA, Level::Private)], true, false),
            (&[(BEN, Level::Private)], false, false),
            (&[(BEN, Level::Anonymous)], true, true),
            (&[(BEN, Level::Private), (BEN, Level::Named)], true, true),
        ] {
            let ties = || ties.iter().copied();
            assert_eq!(in_directory(&ana, ties()), to_ana);
            assert_eq!(in_directory(&program, ties()), to_program);
        }
    }

    #[test]
    fn a_key_without_a_member_sees_no_tie() {
        let admin = principal(Role::Admin, None);
        let tie = Resource::Tie {
            member: BEN,
            level: Level::Named,
        };
        assert_eq!(visible(&admin, tie, Class::Strength), Sight::Nothing);
    }
}
