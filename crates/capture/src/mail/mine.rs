//! Which addresses are the member's own.

use std::collections::BTreeSet;

use kith_domain::interaction::Part;
use kith_domain::text::normalised_address;
use kith_proto::kith::interaction::v1::ParticipantRef;
use kith_proto::kith::interaction::v1::participant_ref::Who;
use kith_proto::words::Word;

/// The member whose mail it is, and all their addresses.
#[derive(Debug, Clone)]
pub struct Mine {
    me: Who,
    addresses: BTreeSet<String>,
}

impl Mine {
    /// Somebody whom Kith knows by the first of these addresses; `None` without any.
    #[must_use]
    pub fn new(addresses: &[String]) -> Option<Self> {
        let me = Who::Address(addresses.first()?.clone());
        Some(Self::with(me, addresses))
    }

    /// The member with this id.
    #[must_use]
    pub fn member(id: String, addresses: &[String]) -> Self {
        Self::with(Who::PersonId(id), addresses)
    }

    fn with(me: Who, addresses: &[String]) -> Self {
        let addresses = addresses
            .iter()
            .map(|own| normalised_address(own))
            .collect();
        Self { me, addresses }
    }

    /// The member in a part, under whichever address they took it.
    pub(crate) fn participant(&self, part: Part) -> ParticipantRef {
        ParticipantRef {
            who: Some(self.me.clone()),
            part: part.to_wire(),
            name: String::new(),
        }
    }

    /// Whether an address is the member's; `ana+lists@x.org` is, if `ana@x.org` is.
    #[must_use]
    pub fn contains(&self, address: &str) -> bool {
        let address = normalised_address(address);
        self.addresses.contains(&address) || self.addresses.contains(&untagged(&address))
    }
}

/// An address as it is compared, without what follows a `+` (RFC 5233).
pub(super) fn untagged(address: &str) -> String {
    let address = normalised_address(address);
    match address.split_once('@') {
        Some((local, domain)) => {
            // A telephone number is all tag: `+351…@sms.example`.
            let name = local.split_once('+').map(|(name, _)| name);
            let local = name.filter(|name| !name.is_empty()).unwrap_or(local);
            format!("{local}@{domain}")
        }
        None => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_address_is_known_in_any_case_and_with_any_tag() {
        let mine = Mine::new(&["Ana@x.org".into(), "ana@old.example".into()]).unwrap();
        for own in ["ana@X.org", "ana+lists@x.org", "ANA@old.example"] {
            assert!(mine.contains(own), "{own}");
        }
        for other in ["ana@y.org", "anna@x.org", ""] {
            assert!(!mine.contains(other), "{other}");
        }
        // An address that is itself a tag of many people's is only that.
        let mine = Mine::new(&["support+ana@x.org".into(), "+351@sms.example".into()]).unwrap();
        assert!(mine.contains("Support+Ana@x.org"));
        for other in ["support+bo@x.org", "support@x.org", "+44@sms.example"] {
            assert!(!mine.contains(other), "{other}");
        }
        assert!(Mine::new(&[]).is_none());
    }

    #[test]
    fn the_member_takes_part_under_one_name_whichever_address_was_written_to() {
        let who = |mine: Mine| mine.participant(Part::Recipient).who;
        let addresses = ["Ana@x.org".to_owned(), "ana@old.example".to_owned()];
        let by_address = who(Mine::new(&addresses).unwrap());
        assert_eq!(by_address, Some(Who::Address("Ana@x.org".into())));
        let by_id = who(Mine::member("an id".into(), &addresses));
        assert_eq!(by_id, Some(Who::PersonId("an id".into())));
    }
}
