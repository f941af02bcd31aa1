//! Ids by their beginning: people type four characters, not twenty-six. Pure.

use super::failure::Failure;

/// Characters of a whole id.
const WHOLE: usize = 26;

/// The fewest characters of a beginning.
const LEAST: usize = 4;

/// Whether this is a whole id.
pub(super) fn is_whole(text: &str) -> bool {
    text.len() == WHOLE
}

/// The one id of a list that begins so.
pub(super) fn complete<'a>(
    beginning: &str,
    ids: impl Iterator<Item = &'a str>,
    noun: &str,
) -> Result<String, Failure> {
    let beginning = beginning.to_ascii_lowercase();
    if beginning.len() < LEAST {
        return Err(Failure::usage(format!(
            "'{beginning}' is too short: give the first {LEAST} characters of the id or more"
        )));
    }
    let found: Vec<&str> = ids.filter(|id| id.starts_with(&beginning)).collect();
    match found.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => Err(Failure::not_found(format!(
            "no {noun} of yours begins with '{beginning}'"
        ))),
        several => {
            let failure = Failure::usage(format!("'{beginning}' begins several ids"));
            let failure = several.iter().fold(failure, |f, id| f.detail(*id));
            Err(failure.next("give more of it"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_must_be_long_enough_and_fit_one_id_alone() {
        let ids = ["abcd1", "abcd2", "efgh1"];
        let find = |text| complete(text, ids.into_iter(), "key");
        assert_eq!(find("EFGH").unwrap(), "efgh1");
        assert_eq!(find("abcd2").unwrap(), "abcd2");
        assert!(find("abcd").unwrap_err().to_string().contains("several"));
        assert!(find("efg").unwrap_err().to_string().contains("too short"));
        assert!(find("zzzz").unwrap_err().to_string().contains("no key"));
    }
}
