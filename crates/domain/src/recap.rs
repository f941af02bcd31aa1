//! The recap: what came of a gathering, and what usually comes of such talks.

use crate::time::{DAY, Timestamp};
use crate::wording::{counted, for_days};

/// A first talk with somebody, and the first thing that came of it: a favour, or an introduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// When the two first talked.
    pub first: Timestamp,
    /// When something first came of it.
    pub result: Option<Timestamp>,
}

/// How long it usually takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usual {
    /// The median of the days from a first talk to a result.
    pub median_days: i64,
    /// Of so many results.
    pub results: usize,
}

/// Fewer results than this say nothing of what is usual.
const FEWEST: usize = 5;

/// What usually becomes of first talks, as far as that is known: the median (the lower one of two) of those of which
/// something came.
#[must_use]
pub fn usual(courses: impl IntoIterator<Item = Course>) -> Option<Usual> {
    let came = courses.into_iter().filter_map(|course| {
        let result = course.result.filter(|result| *result > course.first)?;
        Some(result.micros_since(course.first) / DAY)
    });
    let mut days: Vec<i64> = came.collect();
    days.sort_unstable();
    let median_days = *days.get(days.len().saturating_sub(1) / 2)?;
    (days.len() >= FEWEST).then_some(Usual {
        median_days,
        results: days.len(),
    })
}

/// The same in a sentence.
#[must_use]
pub fn told(usual: Option<Usual>) -> String {
    match usual {
        Some(Usual {
            median_days,
            results,
        }) => format!(
            "Median from a first talk of yours to a favour or an introduction: {}, n = {results}.",
            for_days(median_days)
        ),
        None => "What usually comes of your first talks is not known yet.".to_owned(),
    }
}

/// How many of those on a list are known to somebody here, and to several.
#[must_use]
pub fn reach(known: usize, to_several: usize, listed: usize) -> String {
    format!(
        "Of {} on the list {known} are known to one of us, {to_several} of these to several.",
        counted(listed as i64, "person", "people")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(first: i64, result: Option<i64>) -> Course {
        Course {
            first: Timestamp(first * DAY),
            result: result.map(|day| Timestamp(day * DAY)),
        }
    }

    #[test]
    fn what_is_usual_is_the_median_of_what_came_of_talks() {
        let some = [
            course(0, Some(10)),
            course(5, Some(425)),
            course(9, None),
            course(0, Some(100)),
            course(0, Some(900)),
            course(7, Some(5)),
        ];
        assert_eq!(usual(some), None, "four results are too few");
        let more = some.into_iter().chain([course(0, Some(300))]);
        let median = usual(more);
        assert_eq!(
            told(median),
            "Median from a first talk of yours to a favour or an introduction: 10 months, n = 5."
        );
        assert_eq!(
            told(None),
            "What usually comes of your first talks is not known yet."
        );
        assert_eq!(usual([]), None);
    }
}
