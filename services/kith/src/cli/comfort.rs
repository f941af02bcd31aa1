//! `kith comfort`: how many prompts you want, how you like to be in touch, and how you speak of yourself.

use kith_proto::kith::admin::v1::{ComfortProfile, GetMemberRequest, Pace, UpdateMemberRequest};
use prost_types::FieldMask;

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output, Sheet};
use super::words;

/// What you are comfortable with. Without anything, shows it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How much of other people is welcome: 3 prompts a week, 7 or 15.
    pace: Option<Named>,
    /// So many prompts in seven days instead; 0 is an answer.
    #[arg(long, value_name = "NUMBER")]
    per_week: Option<u32>,
    /// So many prompts in a day.
    #[arg(long, value_name = "NUMBER")]
    per_day: Option<u32>,
    /// The kinds of contact that you like: mail, call, meeting; 'any' for all.
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    channels: Vec<String>,
    /// The time zone of your days, such as Europe/Lisbon.
    #[arg(long)]
    zone: Option<String>,
    /// The days on which you are prompted: mon,tue,fri.
    #[arg(long, value_name = "DAY", value_delimiter = ',')]
    days: Vec<String>,
    /// How you speak of yourself, in at most three sentences; '' leaves it to what is noted of you.
    #[arg(long, value_name = "TEXT")]
    own_words: Option<String>,
}

/// A pace by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Named {
    /// Few at a time, a known face first, a break after each new one.
    Reserved,
    /// In between.
    Balanced,
    /// The more the better.
    Open,
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Args {
    /// What is asked for, and the fields that it names.
    fn wanted(&self) -> Result<(ComfortProfile, Vec<String>), Failure> {
        let mut wanted = ComfortProfile::default();
        let mut paths = Vec::new();
        let mut names = |path: &str| paths.push(path.to_owned());
        if let Some(pace) = self.pace {
            let pace = match pace {
                Named::Reserved => Pace::Reserved,
                Named::Balanced => Pace::Balanced,
                Named::Open => Pace::Open,
            };
            wanted.pace = pace.into();
            names("pace");
        }
        if self.per_week.is_some() {
            wanted.prompts_per_week = self.per_week;
            names("prompts_per_week");
        }
        if self.per_day.is_some() {
            wanted.prompts_per_day = self.per_day;
            names("prompts_per_day");
        }
        if !self.channels.is_empty() {
            let is_any = self.channels == ["any"];
            let kinds = self.channels.iter().filter(|_| !is_any);
            let kinds = kinds.map(|word| words::kind_of(word).map(i32::from));
            wanted.channels = kinds.collect::<Result<_, _>>()?;
            names("channels");
        }
        if let Some(zone) = &self.zone {
            wanted.zone.clone_from(zone);
            names("zone");
        }
        if !self.days.is_empty() {
            wanted.working_days = self
                .days
                .iter()
                .map(|day| number(day))
                .collect::<Result<_, _>>()?;
            names("working_days");
        }
        if let Some(text) = &self.own_words {
            wanted.own_words.clone_from(text);
            names("own_words");
        }
        Ok((wanted, paths))
    }
}

/// A day of the week, 1 for Monday.
fn number(day: &str) -> Result<u32, Failure> {
    let lower = day.to_lowercase();
    let place = DAYS.iter().position(|known| lower.starts_with(known));
    let number = place.and_then(|place| u32::try_from(place + 1).ok());
    number.ok_or_else(|| Failure::usage(format!("'{day}' is no day: write {}", DAYS.join(", "))))
}

pub(super) async fn run(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let (wanted, paths) = args.wanted()?;
    if paths.is_empty() {
        return show(client, output).await;
    }
    let request = client.request(UpdateMemberRequest {
        request_id: client.request_id.clone(),
        comfort: Some(wanted),
        update_mask: Some(FieldMask { paths }),
        min_position: client.min_position.clone(),
    });
    let answer = client.admin().update_member(request).await?.into_inner();
    let now = answer.comfort.unwrap_or_default();
    output.changed(&told(&now), &answer.position)
}

fn told(now: &ComfortProfile) -> String {
    let week = now.prompts_per_week();
    let day = now.prompts_per_day();
    match (week, day) {
        (0, _) | (_, 0) => {
            "Nothing prompts you. 'kith due' still lists what is open, and a briefing comes when \
                            you ask for it."
                .to_owned()
        }
        (1, _) => "At most 1 prompt a week.".to_owned(),
        _ => format!("At most {week} prompts a week, {day} of them on a day."),
    }
}

async fn show(client: &Client, output: &Output) -> Result<(), Failure> {
    let request = client.request(GetMemberRequest {
        min_position: client.min_position.clone(),
    });
    let answer = client.admin().get_member(request).await?.into_inner();
    let now = answer.comfort.unwrap_or_default();
    let days = now.working_days.iter().filter_map(|day| {
        let place = usize::try_from(*day).ok()?.checked_sub(1)?;
        DAYS.get(place).copied()
    });
    let days: Vec<&str> = days.collect();
    let kinds: Vec<String> = now.channels.iter().map(|kind| words::kind(*kind)).collect();
    let columns = [
        "pace",
        "prompts_per_week",
        "prompts_per_day",
        "channels",
        "zone",
        "working_days",
        "own_words",
    ];
    let mut sheet = Sheet::new(&columns);
    sheet.rows.push(vec![
        Cell::text(words::pace(now.pace)),
        Cell::count(now.prompts_per_week().into()),
        Cell::count(now.prompts_per_day().into()),
        Cell::text(if kinds.is_empty() {
            "any".to_owned()
        } else {
            kinds.join(", ")
        }),
        Cell::text(if now.zone.is_empty() {
            "UTC"
        } else {
            now.zone.as_str()
        }),
        Cell::text(days.join(", ")),
        Cell::text(now.own_words.as_str()),
    ]);
    output.list(&sheet)?;
    if !answer.said {
        output.say(
            "You said nothing yet, and nothing limits your prompts: these are the numbers in between. 'kith comfort \
             reserved' asks for fewer, 'kith comfort --per-week 0' for none.",
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_named_by_how_they_begin() {
        assert_eq!(number("Monday").ok(), Some(1));
        assert_eq!(number("sun").ok(), Some(7));
        assert!(number("xy").is_err());
    }

    #[test]
    fn what_was_agreed_to_is_told() {
        let profile = |week, day| ComfortProfile {
            prompts_per_week: Some(week),
            prompts_per_day: Some(day),
            ..ComfortProfile::default()
        };
        assert!(told(&profile(0, 0)).starts_with("Nothing prompts you."));
        assert_eq!(
            told(&profile(3, 1)),
            "At most 3 prompts a week, 1 of them on a day."
        );
    }
}
