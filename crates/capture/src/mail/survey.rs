//! Whose mail it is: a mailbox tells by who takes part in most of it.

use std::collections::{BTreeMap, BTreeSet};

use super::letter::Letter;
use super::mine::{Mine, untagged};

/// Fewer mails than this prove nothing.
const FEW: usize = 5;

/// Who takes part in a few hundred mails of a mailbox.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// The addresses of each mail, without tags.
    mails: Vec<BTreeSet<String>>,
}

/// Somebody who may be the owner of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Their address.
    pub address: String,
    /// In so many mails they take part, or it was delivered to them.
    pub takes_part: usize,
    /// Of so many that name none of the addresses known so far.
    pub of: usize,
}

impl Survey {
    pub(super) fn add(&mut self, letter: &Letter) {
        let named = letter.from.iter().chain(&letter.to).chain(&letter.copied);
        let named = named.map(|mailbox| mailbox.identity.as_str());
        let delivered = letter.delivered_to.iter().map(String::as_str);
        self.mails
            .push(named.chain(delivered).map(untagged).collect());
    }

    /// Takes in the mails of another source.
    pub fn merge(&mut self, other: Self) {
        self.mails.extend(other.mails);
    }

    /// Who takes part in most of the mails that name none of the known addresses, in at least a third
    /// of them and not by chance.
    #[must_use]
    pub fn candidate(&self, known: &Mine, refused: &[String]) -> Option<Candidate> {
        let is_foreign = |mail: &&BTreeSet<String>| !mail.iter().any(|own| known.contains(own));
        let foreign: Vec<_> = self.mails.iter().filter(is_foreign).collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for address in foreign.iter().copied().flatten() {
            *counts.entry(address).or_default() += 1;
        }
        counts.retain(|address, _| !refused.iter().any(|other| other == address));
        let (address, takes_part) = counts.into_iter().max_by_key(|(_, count)| *count)?;
        let of = foreign.len();
        (takes_part >= FEW && takes_part * 3 >= of).then(|| Candidate {
            address: address.to_owned(),
            takes_part,
            of,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey(mails: &[(&[&str], usize)]) -> Survey {
        let mut survey = Survey::default();
        for (addresses, times) in mails {
            let mail: BTreeSet<String> = addresses.iter().map(|&a| a.to_owned()).collect();
            survey.mails.extend(vec![mail; *times]);
        }
        survey
    }

    #[test]
    fn the_owner_takes_part_in_most_of_what_names_no_known_address() {
        let survey = survey(&[
            (&["ana@x.org", "bo@y.org"], 50),
            (&["ana@home.org", "bo@y.org"], 10),
            (&["ana@home.org", "cy@y.org"], 10),
            (&["list@z.org", "di@z.org"], 10),
        ]);
        let known = Mine::new(&["ana@x.org".into()]).unwrap();
        let expected = Candidate {
            address: "ana@home.org".into(),
            takes_part: 20,
            of: 30,
        };
        assert_eq!(survey.candidate(&known, &[]), Some(expected));
        // Bo is not asked about for being a friend; the list takes part in a third of the rest.
        let next = survey.candidate(&known, &["ana@home.org".into()]);
        assert_eq!(next.map(|c| (c.takes_part, c.of)), Some((10, 30)));
        let all = Mine::new(&["ana@x.org".into(), "ana@home.org".into()]).unwrap();
        let rest = survey.candidate(&all, &["di@z.org".into(), "list@z.org".into()]);
        assert_eq!(rest, None);
    }

    #[test]
    fn a_few_mails_prove_nothing() {
        let known = Mine::new(&["ana@x.org".into()]).unwrap();
        let few = survey(&[(&["ana@home.org", "bo@y.org"], FEW - 1)]);
        assert_eq!(few.candidate(&known, &[]), None);
    }
}
