//! What the caller is comfortable with.

use kith_domain::comfort::{
    self, Change, Comfort, Habits, MOST_PROMPTS, Pace, Profile, Prompts, To, WorkingDays,
};
use kith_domain::interaction::Kind;
use kith_domain::pitch;
use kith_domain::text::Text;
use kith_proto::kith::admin::v1::{
    ComfortProfile, GetMemberRequest, GetMemberResponse, UpdateMemberRequest, UpdateMemberResponse,
};
use kith_proto::words::Word as _;
use kith_readmodel::entity::comfort as row;
use kith_readmodel::query::{self, people};
use kith_servicekit::failure::{Failure, Violations};

use super::organisations::member_view;
use crate::Api;
use crate::caller::Caller;
use crate::change;
use crate::zone;

/// The longest text of somebody's own words, in characters.
const MAX_OWN_WORDS: usize = 1_000;

pub(super) async fn get(
    api: &Api,
    caller: &Caller,
    body: GetMemberRequest,
) -> Result<GetMemberResponse, Failure> {
    let me = caller.member()?;
    api.visible(caller, &body.min_position).await?;
    let said = said(api, caller).await?;
    let named = people::named(&api.live().reading, &caller.principal, &[me]).await;
    let named = named.map_err(Failure::unavailable)?;
    Ok(GetMemberResponse {
        member: named.get(&me).map(member_view),
        said: said.is_some(),
        comfort: Some(view(&said.unwrap_or_default())),
    })
}

/// A profile in the clear.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said {
    pub(crate) habits: Habits,
    pub(crate) own_words: Option<String>,
}

impl From<&row::Model> for Said {
    fn from(row: &row::Model) -> Self {
        Self {
            habits: row.habits.parse().unwrap_or_default(),
            own_words: row.own_words.clone(),
        }
    }
}

/// What the caller said of their comfort, if they did.
pub(crate) async fn said(api: &Api, caller: &Caller) -> Result<Option<Said>, Failure> {
    let organisation = caller.principal.organisation;
    let found = query::comfort::find(&api.live().reading, organisation, caller.member()?).await;
    Ok(found
        .map_err(Failure::unavailable)?
        .as_ref()
        .map(Said::from))
}

pub(super) async fn update(
    api: &Api,
    caller: &Caller,
    body: UpdateMemberRequest,
) -> Result<UpdateMemberResponse, Failure> {
    let member = caller.member()?;
    let mut change = api.change(caller, "UpdateMember", &body.request_id, &body);
    let wanted = Wanted::read(&mut change.fields, &body);
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    // What is left as it is, is so by the rows: they must not lack the caller's own last change.
    api.settled(caller).await?;
    let becomes = wanted.applied_to(said(api, caller).await?.unwrap_or_default())?;
    let profile = Profile {
        habits: Text::Clear(becomes.habits.to_string()),
        own_words: becomes.own_words.clone().map(Text::Clear),
    };
    let command = Change {
        member,
        to: To::Profile(profile),
    };
    let done = api
        .ledger()
        .execute::<Comfort>(&change.request, &member.to_string(), command, vec![])
        .await;
    let done = done.map_err(|error| {
        Failure::from_execute(error, |refusal: comfort::Error| {
            Failure::state(refusal.to_string())
        })
    })?;
    api.projected(done.position).await?;
    Ok(UpdateMemberResponse {
        comfort: Some(view(&said(api, caller).await?.unwrap_or_default())),
        position: api.position_token(caller, done.position),
    })
}

/// What a request changes of a profile.
#[derive(Default)]
struct Wanted {
    per_week: Option<u16>,
    per_day: Option<u16>,
    channels: Option<Vec<Kind>>,
    zone: Option<String>,
    working_days: Option<WorkingDays>,
    /// Empty is none.
    own_words: Option<String>,
}

impl Wanted {
    /// What the mask names; without one, every field that is given (AIP-134).
    fn read(fields: &mut Violations, body: &UpdateMemberRequest) -> Self {
        const ALL: [&str; 7] = [
            "pace",
            "prompts_per_week",
            "prompts_per_day",
            "channels",
            "zone",
            "working_days",
            "own_words",
        ];
        let given = body.comfort.clone().unwrap_or_default();
        let is_given = |path: &str| match path {
            "pace" => given.pace != 0,
            "prompts_per_week" => given.prompts_per_week.is_some(),
            "prompts_per_day" => given.prompts_per_day.is_some(),
            "channels" => !given.channels.is_empty(),
            "zone" => !given.zone.is_empty(),
            "working_days" => !given.working_days.is_empty(),
            _ => !given.own_words.is_empty(),
        };
        let mask = body.update_mask.as_ref();
        let paths = change::masked(fields, mask, &ALL, is_given, "comfort");
        let mut wanted = Self::default();
        for path in paths {
            match path {
                "pace" => {
                    let pace = fields.word::<Pace>("comfort.pace", given.pace);
                    let prompts = pace.unwrap_or_default().prompts();
                    wanted.per_week.get_or_insert(prompts.per_week);
                    wanted.per_day.get_or_insert(prompts.per_day);
                }
                "prompts_per_week" => {
                    wanted.per_week = Some(prompts(fields, path, given.prompts_per_week));
                }
                "prompts_per_day" => {
                    wanted.per_day = Some(prompts(fields, path, given.prompts_per_day));
                }
                "channels" => wanted.channels = Some(channels(fields, &given.channels)),
                "zone" => wanted.zone = Some(zone::checked(fields, "comfort.zone", &given.zone)),
                "working_days" => {
                    wanted.working_days = Some(working_days(fields, &given.working_days));
                }
                "own_words" => wanted.own_words = Some(own_words(fields, &given.own_words)),
                _ => fields.add("update_mask", format!("must name only {}", ALL.join(", "))),
            }
        }
        wanted
    }

    fn applied_to(self, was: Said) -> Result<Said, Failure> {
        let per_week = self.per_week.unwrap_or(was.habits.prompts.per_week);
        // Who agrees to fewer a week agrees to no more a day.
        let per_day = match self.per_day {
            Some(per_day) if per_day > per_week => {
                return Err(Failure::invalid_field(
                    "comfort.prompts_per_day",
                    "must not be more than in a week",
                ));
            }
            Some(per_day) => per_day,
            None => was.habits.prompts.per_day.min(per_week),
        };
        Ok(Said {
            habits: Habits {
                prompts: Prompts { per_week, per_day },
                channels: self.channels.unwrap_or(was.habits.channels),
                zone: self.zone.unwrap_or(was.habits.zone),
                working_days: self.working_days.unwrap_or(was.habits.working_days),
            },
            own_words: match self.own_words {
                Some(text) => Some(text).filter(|text| !text.is_empty()),
                None => was.own_words,
            },
        })
    }
}

fn prompts(fields: &mut Violations, field: &str, given: Option<u32>) -> u16 {
    let given = given.unwrap_or_default();
    let fits = given <= u32::from(MOST_PROMPTS);
    fields.check(fits, format!("comfort.{field}"), "must be at most 1000");
    u16::try_from(given).unwrap_or(MOST_PROMPTS)
}

fn channels(fields: &mut Violations, given: &[i32]) -> Vec<Kind> {
    let kinds = given
        .iter()
        .filter_map(|kind| fields.word::<Kind>("comfort.channels", *kind));
    let mut kinds: Vec<Kind> = kinds.collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn working_days(fields: &mut Violations, given: &[u32]) -> WorkingDays {
    let mut days = [false; 7];
    for day in given {
        match (*day as usize)
            .checked_sub(1)
            .and_then(|day| days.get_mut(day))
        {
            Some(works) => *works = true,
            None => fields.add(
                "comfort.working_days",
                "must be 1 for Monday to 7 for Sunday",
            ),
        }
    }
    WorkingDays(days)
}

fn own_words(fields: &mut Violations, given: &str) -> String {
    let text = fields.optional_text("comfort.own_words", given, MAX_OWN_WORDS);
    let text = text.unwrap_or_default();
    if let Err(too_long) = pitch::check(&text) {
        fields.add("comfort.own_words", too_long.to_string());
    }
    text
}

fn view(said: &Said) -> ComfortProfile {
    let Habits {
        prompts,
        channels,
        zone,
        working_days,
    } = &said.habits;
    let works = (1..).zip(working_days.0).filter(|(_, works)| *works);
    ComfortProfile {
        pace: prompts.pace().to_wire(),
        prompts_per_week: Some(prompts.per_week.into()),
        prompts_per_day: Some(prompts.per_day.into()),
        channels: channels.iter().map(|kind| kind.to_wire()).collect(),
        zone: zone.clone(),
        working_days: works.map(|(day, _)| day).collect(),
        own_words: said.own_words.clone().unwrap_or_default(),
    }
}
