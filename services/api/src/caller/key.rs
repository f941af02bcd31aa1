//! API keys as text.

use std::str::FromStr;

use data_encoding::HEXLOWER;
use kith_domain::id::{KeyId, OrganisationId};

/// A key as its owner holds it: `kith_<organisation>_<key id>_<secret>`.
pub struct ApiKey {
    /// Whose key.
    pub organisation: OrganisationId,
    /// Which key.
    pub id: KeyId,
    /// 256 random bits.
    pub secret: [u8; 32],
}

/// The text is no API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoKey;

impl FromStr for ApiKey {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let mut parts = text.trim().split('_');
        let mut next = || parts.next().ok_or(NoKey);
        if next()? != "kith" {
            return Err(NoKey);
        }
        let organisation = next()?.parse().map_err(|_| NoKey)?;
        let id = next()?.parse().map_err(|_| NoKey)?;
        let secret = HEXLOWER.decode(next()?.as_bytes()).map_err(|_| NoKey)?;
        let secret = secret.try_into().map_err(|_| NoKey)?;
        if parts.next().is_some() {
            Err(NoKey)
        } else {
            Ok(Self {
                organisation,
                id,
                secret,
            })
        }
    }
}

impl std::fmt::Display for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            organisation,
            id,
            secret,
        } = self;
        write!(f, "kith_{organisation}_{id}_{}", HEXLOWER.encode(secret))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_from_its_text() {
        let key = ApiKey {
            organisation: OrganisationId::from_bytes([1; 16]),
            id: KeyId::from_bytes([2; 16]),
            secret: [3; 32],
        };
        let read: ApiKey = key
            .to_string()
            .parse()
            .unwrap_or_else(|_| unreachable!("just written"));
        assert_eq!(
            (read.organisation, read.id, read.secret),
            (key.organisation, key.id, key.secret)
        );
    }

    #[test]
    fn what_is_not_quite_a_key_is_none() {
        let key = ApiKey {
            organisation: OrganisationId::from_bytes([1; 16]),
            id: KeyId::from_bytes([2; 16]),
            secret: [3; 32],
        }
        .to_string();
        for broken in [
            "",
            "kith",
            "kith___",
            &key[1..],
            &key[..key.len() - 1],
            &format!("{key}_x"),
        ] {
            assert!(broken.parse::<ApiKey>().is_err(), "{broken}");
        }
    }
}
