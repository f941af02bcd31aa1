//! Numbers of CSV files: decimal, exact, without the surprises of floating point.

use kith_domain::time::Timestamp;

/// Seconds with an optional fraction as microseconds; digits beyond those are dropped. `None` for
/// anything else, an exponent or a value out of range included.
pub(super) fn micros(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let seconds: i64 = whole.parse().ok()?;
    let mut rest = 0;
    for place in 0..6 {
        let digit = fraction.as_bytes().get(place).map_or(0, |b| b - b'0');
        rest = rest * 10 + i64::from(digit);
    }
    let micros = seconds.checked_mul(1_000_000)?.checked_add(rest)?;
    Some(if negative { -micros } else { micros })
}

/// A moment: Unix seconds or RFC 3339.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    if let Some(micros) = micros(text) {
        return Some(Timestamp(micros));
    }
    let moment: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp(moment.as_microsecond()))
}

/// Whole seconds; a fraction is dropped, nothing at all means unknown.
pub(super) fn duration_s(text: &str) -> Option<u32> {
    if text.is_empty() {
        return Some(0);
    }
    u32::try_from(micros(text).filter(|m| *m >= 0)? / 1_000_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_unix_seconds_or_rfc_3339_and_both_agree() {
        let expected = Some(Timestamp(1_064_966_400_500_000));
        assert_eq!(moment("1064966400.5"), expected);
        assert_eq!(moment("2003-10-01T00:00:00.5Z"), expected);
        assert_eq!(moment("2003-10-01T02:00:00.5000009+02:00"), expected);
        assert_eq!(moment("-1"), Some(Timestamp(-1_000_000)));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        let texts = [
            "",
            "-",
            ".5",
            "1e9",
            "yesterday",
            "2003-10-01",
            "2003-10-01T00:00:00",
            "99999999999999999999",
            "١٢٣",
        ];
        for text in texts {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn a_duration_is_whole_seconds_and_nothing_means_unknown() {
        assert_eq!(duration_s(""), Some(0));
        assert_eq!(duration_s("20"), Some(20));
        assert_eq!(duration_s("20.9"), Some(20));
        for text in ["-1", "4294967296", "long", "0:20"] {
            assert_eq!(duration_s(text), None, "{text}");
        }
    }
}
