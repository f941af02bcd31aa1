//! A briefing that follows what happens: its reader is told of the pages that read otherwise, and of nothing else.

use std::time::Duration;

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use kith_domain::briefing::{Briefing, Difference};
use kith_domain::id::GatheringId;
use kith_proto::kith::gathering::v1::{WatchBriefingRequest, WatchBriefingResponse};
use kith_servicekit::failure::{Failure, Violations};
use tokio::time::{Interval, MissedTickBehavior};
use tonic::Status;

use super::{get, view};
use crate::Api;
use crate::caller::Caller;
use crate::followup::places::Taken;

const HEARTBEAT: Duration = Duration::from_secs(20);
/// Between two looks at least: much may happen in a second.
const PATIENCE: Duration = Duration::from_secs(1);
/// And this many times as long as the last one took: where moments come in all the time, a large directory would be
/// read all the time.
const REST: u32 = 3;

struct Watcher {
    api: Api,
    caller: Caller,
    gathering: GatheringId,
    /// What its reader has.
    shown: Option<Briefing>,
    /// Up to where the rows were when it was made.
    reached: u64,
    heartbeats: Interval,
    looks: Interval,
    _place_taken: Taken,
}

pub(super) async fn watch(
    api: &Api,
    caller: &Caller,
    body: WatchBriefingRequest,
) -> Result<BoxStream<'static, Result<WatchBriefingResponse, Status>>, Failure> {
    caller.member()?;
    let mut fields = Violations::new();
    let gathering: GatheringId = fields.id("gathering_id", &body.gathering_id);
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let place_taken = api.parts.watching.take(caller.principal.key)?;
    // Refused at once, not by a stream that begins.
    crate::gathering::must_exist(api, caller, gathering).await?;
    let stop = api.parts.tasks.stop().clone();
    let mut looks = tokio::time::interval(PATIENCE);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut watcher = Watcher {
        api: api.clone(),
        caller: caller.clone(),
        gathering,
        shown: None,
        reached: 0,
        heartbeats: tokio::time::interval(HEARTBEAT),
        looks,
        _place_taken: place_taken,
    };
    watcher.heartbeats.tick().await;
    let messages = stream::unfold(Some(watcher), |watcher| async move {
        let mut watcher = watcher?;
        match watcher.next().await {
            Ok(message) => Some((Ok(message), Some(watcher))),
            // Told once: a gathering that is cancelled ends what is read of it.
            Err(failure) => Some((Err(Status::from(failure)), None)),
        }
    });
    Ok(messages
        .take_until(async move { stop.stopped().await })
        .boxed())
}

impl Watcher {
    async fn next(&mut self) -> Result<WatchBriefingResponse, Failure> {
        loop {
            tokio::select! {
                _ = self.heartbeats.tick() => return self.heartbeat().await,
                _ = self.looks.tick() => {}
            }
            self.api.still_may(&self.caller).await?;
            self.reached = self.api.progress().reached(self.caller.shard);
            let begun = self.api.now();
            let (_, now) = get::prepared(&self.api, &self.caller, self.gathering).await?;
            let took = self.api.now().micros_since(begun).max(0).unsigned_abs();
            let rest = Duration::from_micros(took) * REST;
            self.looks.reset_after(rest.clamp(PATIENCE, HEARTBEAT));
            let message = self.message(&now);
            self.shown = Some(now);
            if let Some(message) = message {
                return Ok(message);
            }
            let moved = self.api.progress().beyond(self.caller.shard, self.reached);
            tokio::select! {
                _ = self.heartbeats.tick() => return self.heartbeat().await,
                _ = moved => {}
            }
        }
    }

    async fn heartbeat(&self) -> Result<WatchBriefingResponse, Failure> {
        self.api.still_may(&self.caller).await?;
        Ok(WatchBriefingResponse::default())
    }

    /// What its reader does not have yet.
    fn message(&self, now: &Briefing) -> Option<WatchBriefingResponse> {
        let Some(before) = &self.shown else {
            return Some(WatchBriefingResponse {
                pages: now.pages.iter().map(view::page).collect(),
                days: view::days(now),
                ..WatchBriefingResponse::default()
            });
        };
        let difference = Difference::between(before, now);
        if difference.is_none() {
            return None;
        }
        let pages = difference
            .pages
            .iter()
            .map(|page| view::page(&now.pages[*page]));
        Some(WatchBriefingResponse {
            pages: pages.collect(),
            gone_attendee_ids: difference.gone.iter().map(ToString::to_string).collect(),
            days: if difference.days {
                view::days(now)
            } else {
                vec![]
            },
            changes: difference.told,
        })
    }
}
