//! How figures and counts are written for people. Pure.

/// Eight heights of a sparkline.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Values from 0 to 1 as a line of bars, on a fixed scale: two ties can be compared by eye.
pub(super) fn sparkline(values: &[f64]) -> String {
    let bar = |value: &f64| {
        let height = (value.clamp(0.0, 1.0) * 7.0).round();
        BARS[(height as usize).min(7)]
    };
    values.iter().map(bar).collect()
}

/// A probability in per cent. What is not certain is never shown as certain.
pub(super) fn percent(value: f64) -> String {
    if value > 0.0 && value < 0.005 {
        return "< 1 %".to_owned();
    }
    if (0.995..1.0).contains(&value) {
        return "> 99 %".to_owned();
    }
    format!("{:.0} %", value * 100.0)
}

/// A count with its thousands apart.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 row`, `2 rows`.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    let noun = if count == 1 { one } else { many };
    format!("{} {noun}", grouped(count))
}

/// What a list leaves out, and how to see it; `None` when it is complete.
pub(super) fn more(shown: u64, total: u64) -> Option<String> {
    let left = total.checked_sub(shown).filter(|left| *left > 0)?;
    Some(format!(
        "and {} more: --limit {total} shows all",
        grouped(left)
    ))
}

/// A text with a capital in front and a full stop behind, as sentences have them.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut rest = text.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    let end = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    first.chain(rest.as_str().chars()).collect::<String>() + end
}

/// The short form of an id, for people: enough to tell those of one list apart.
pub(super) fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_has_a_fixed_scale() {
        assert_eq!(sparkline(&[0.0, 0.5, 1.0]), "▁▅█");
        assert_eq!(sparkline(&[0.9, 0.9]), "▇▇");
        assert_eq!(sparkline(&[-1.0, 2.0, f64::NAN]), "▁█▁");
        assert_eq!(sparkline(&[]), "");
    }

    #[test]
    fn what_is_nearly_certain_is_not_called_certain() {
        let texts = [0.0, 0.004, 0.5, 0.994, 0.996, 1.0].map(percent);
        assert_eq!(texts, ["0 %", "< 1 %", "50 %", "99 %", "> 99 %", "100 %"]);
    }

    #[test]
    fn a_list_says_how_many_it_leaves_out() {
        assert_eq!(more(20, 20), None);
        assert_eq!(more(20, 0), None);
        let told = more(20, 5_248);
        assert_eq!(
            told.as_deref(),
            Some("and 5,228 more: --limit 5248 shows all")
        );
    }

    #[test]
    fn a_sentence_begins_with_a_capital_and_ends_once() {
        assert_eq!(sentence("ça va"), "Ça va.");
        assert_eq!(sentence("It is."), "It is.");
    }

    #[test]
    fn counts_are_grouped_by_thousands() {
        assert_eq!(
            [0, 999, 1_000, 332_334].map(grouped),
            ["0", "999", "1,000", "332,334"]
        );
        assert_eq!(counted(1, "row", "rows"), "1 row");
    }
}
