//! Which addresses are the member's own.

use std::collections::BTreeSet;

use kith_domain::text::normalised_address;

/// The member's addresses.
#[derive(Debug, Clone)]
pub struct Mine {
    first: String,
    all: BTreeSet<String>,
}

impl Mine {
    /// The member's addresses, the one that Kith knows first; `None` without any.
    #[must_use]
    pub fn new(addresses: &[String]) -> Option<Self> {
        Some(Self {
            first: addresses.first()?.clone(),
            all: addresses.iter().map(|address| untagged(address)).collect(),
        })
    }

    /// The address under which the member takes part, whichever was written to.
    #[must_use]
    pub fn first(&self) -> &str {
        &self.first
    }

    /// Whether an address is the member's; `ana+lists@x.org` is, if `ana@x.org` is.
    #[must_use]
    pub fn contains(&self, address: &str) -> bool {
        self.all.contains(&untagged(address))
    }
}

/// An address as it is compared, without what follows a `+` (RFC 5233).
fn untagged(address: &str) -> String {
    let address = normalised_address(address);
    match address.split_once('@') {
        Some((local, domain)) => {
            let local = local.split_once('+').map_or(local, |(name, _)| name);
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
        assert_eq!(mine.first(), "Ana@x.org");
        assert!(Mine::new(&[]).is_none());
    }
}
