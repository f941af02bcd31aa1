//! Notifications as they fall due: a stream that never ends and can be resumed.
//!
//! A token is a position of the log: what was told up to it is behind the reader. A notification is
//! sent from its projected row, and only if nothing made it moot meanwhile.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use kith_domain::id::{FollowUpId, PersonId};
use kith_eventlog::log::Position;
use kith_proto::kith::followup::v1::{WatchNotificationsRequest, WatchNotificationsResponse};
use kith_readmodel::query::followups;
use kith_servicekit::failure::Failure;
use tokio::sync::broadcast;
use tokio::time::Interval;
use tonic::Status;

use super::places::Taken;
use super::tail::News;
use super::views;
use crate::Api;
use crate::caller::Caller;

const HEARTBEAT: Duration = Duration::from_secs(20);
/// Notifications read at a time.
const PAGE: u64 = 200;

/// Behind every follow-up of a commit.
const END: FollowUpId = FollowUpId::from_bytes([0xff; 16]);

struct Watcher {
    api: Api,
    caller: Caller,
    member: PersonId,
    /// Everything up to here was sent.
    after: u64,
    /// The last that was read, which may be one of several told by one commit.
    place: (u64, FollowUpId),
    ready: VecDeque<WatchNotificationsResponse>,
    /// Whether there may be more above `after` than news will tell of.
    more: bool,
    news: broadcast::Receiver<Arc<News>>,
    heartbeats: Interval,
    _place_taken: Taken,
}

pub(super) async fn watch(
    api: &Api,
    caller: &Caller,
    body: WatchNotificationsRequest,
) -> Result<BoxStream<'static, Result<WatchNotificationsResponse, Status>>, Failure> {
    let member = caller.member()?;
    let place_taken = api.parts.watching.take(caller.principal.key)?;
    let resumed = api
        .position(caller, &body.resume_token)
        .map_err(|failure| {
            let invalid =
                failure.reason() == kith_proto::kith::error::v1::ErrorReason::PositionInvalid;
            if invalid {
                Failure::position_invalid("resume_token")
            } else {
                failure
            }
        })?;
    let after = resumed.unwrap_or_else(|| api.progress().reached(caller.shard));
    // Before the first look, so that nothing falls between the two.
    let news = api.parts.tails.of(caller.shard);
    let news = news.ok_or_else(|| Failure::internal("a shard that the log does not have"))?;
    let (api, caller) = (api.clone(), caller.clone());
    let stop = api.parts.tasks.stop().clone();
    let mut watcher = Watcher {
        api,
        caller,
        member,
        after,
        place: (after, END),
        ready: VecDeque::new(),
        more: true,
        news,
        heartbeats: tokio::time::interval(HEARTBEAT),
        _place_taken: place_taken,
    };
    // The first message comes at once: with it the reader knows from where to resume.
    let greeting = watcher.heartbeat();
    watcher.ready.push_back(greeting);
    watcher.heartbeats.tick().await;
    let messages = stream::unfold(watcher, |mut watcher| async move {
        let message = watcher.next().await.map_err(Status::from);
        Some((message, watcher))
    });
    Ok(messages
        .take_until(async move { stop.stopped().await })
        .boxed())
}

impl Watcher {
    async fn next(&mut self) -> Result<WatchNotificationsResponse, Failure> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Ok(message);
            }
            if self.more {
                let reached = self.api.progress().reached(self.caller.shard);
                self.read(reached).await?;
                continue;
            }
            // However much news of others there is: a reader that hears nothing for long gives up.
            let news = tokio::select! {
                biased;
                _ = self.heartbeats.tick() => {
                    self.api.still_may(&self.caller).await?;
                    return Ok(self.heartbeat());
                }
                news = self.news.recv() => news,
            };
            match news {
                // Too much was missed: look.
                Err(_) => self.more = true,
                Ok(news) => {
                    let me = (self.caller.principal.organisation, self.member);
                    if news.told.contains(&me) {
                        self.read(news.reached).await?;
                    } else {
                        self.pass(news.reached);
                    }
                }
            }
        }
    }

    /// Reads a page of what was told, up to a position that is in the rows.
    async fn read(&mut self, reached: u64) -> Result<(), Failure> {
        self.api.still_may(&self.caller).await?;
        let whose = (self.caller.principal.organisation, self.member);
        let live = self.api.live();
        let rows = followups::told_after(&live.reading, whose, self.place, PAGE).await;
        let rows = rows.map_err(Failure::unavailable)?;
        let shown = views::follow_ups(&self.api, &self.caller, &rows).await?;
        for (row, follow_up) in rows.iter().zip(shown) {
            let position = row.told_position.unwrap_or_default() as u64;
            let id = FollowUpId::from_slice(&row.id).unwrap_or(END);
            self.place = (position, id);
            // One commit may tell of several: until all of them are sent, whoever resumes gets
            // them again.
            self.after = self.after.max(position.saturating_sub(1));
            let resume_token = self.token();
            self.ready.push_back(WatchNotificationsResponse {
                follow_up: Some(follow_up),
                resume_token,
            });
        }
        self.more = rows.len() as u64 == PAGE;
        if !self.more {
            self.pass(reached.max(self.place.0));
            let token = self.token();
            if let Some(last) = self.ready.back_mut() {
                last.resume_token = token;
            }
        }
        Ok(())
    }

    /// Nothing is left up to here.
    fn pass(&mut self, reached: u64) {
        self.after = self.after.max(reached);
        self.place = (self.after, END);
    }

    fn token(&self) -> String {
        let (shard, sequence) = (self.caller.shard, self.after);
        let position = Position { shard, sequence };
        self.api.position_token(&self.caller, position)
    }

    fn heartbeat(&self) -> WatchNotificationsResponse {
        WatchNotificationsResponse {
            follow_up: None,
            resume_token: self.token(),
        }
    }
}
