//! Notifications as they fall due: a stream that never ends and can be resumed.
//!
//! A token is a position of the log: what was told up to it is behind the reader. A notification is
//! sent from its projected row, and only if nothing made it moot meanwhile.

use std::collections::VecDeque;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use kith_domain::id::PersonId;
use kith_eventlog::log::Position;
use kith_proto::kith::followup::v1::{WatchNotificationsRequest, WatchNotificationsResponse};
use kith_readmodel::query::followups;
use kith_servicekit::failure::Failure;
use tonic::Status;

use super::views;
use crate::Api;
use crate::caller::Caller;

const HEARTBEAT: Duration = Duration::from_secs(20);
/// Notifications read at a time.
const PAGE: u64 = 200;

struct Watcher {
    api: Api,
    caller: Caller,
    member: PersonId,
    /// Everything up to here was sent.
    after: u64,
    ready: VecDeque<WatchNotificationsResponse>,
}

#[expect(
    clippy::unused_async,
    reason = "every call of a service is answered in one way"
)]
pub(super) async fn watch(
    api: &Api,
    caller: &Caller,
    body: WatchNotificationsRequest,
) -> Result<BoxStream<'static, Result<WatchNotificationsResponse, Status>>, Failure> {
    let member = caller.member()?;
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
    let (api, caller) = (api.clone(), caller.clone());
    let stop = api.parts.tasks.stop().clone();
    let mut watcher = Watcher {
        api,
        caller,
        member,
        after,
        ready: VecDeque::new(),
    };
    // The first message comes at once: with it the reader knows from where to resume.
    let greeting = watcher.heartbeat();
    watcher.ready.push_back(greeting);
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
            let more = self.api.progress().beyond(self.caller.shard, self.after);
            let Ok(reached) = tokio::time::timeout(HEARTBEAT, more).await else {
                return Ok(self.heartbeat());
            };
            self.read(reached).await?;
        }
    }

    /// Reads what was told above `after`, up to a position that is in the rows.
    async fn read(&mut self, reached: u64) -> Result<(), Failure> {
        let organisation = self.caller.principal.organisation;
        let live = self.api.live();
        let whose = (organisation, self.member);
        let rows = followups::told_after(&live.reading, whose, self.after, PAGE).await;
        let rows = rows.map_err(Failure::unavailable)?;
        let shown = views::follow_ups(&self.api, &self.caller, &rows).await?;
        let full = rows.len() as u64 == PAGE;
        let last = rows
            .last()
            .and_then(|row| row.told_position)
            .map_or(0, |p| p as u64);
        for (row, follow_up) in rows.iter().zip(shown) {
            // Several may be told by one commit: only the last of them moves the token past it.
            let position = row.told_position.unwrap_or_default() as u64;
            let token = self.token(position.saturating_sub(1));
            self.ready.push_back(WatchNotificationsResponse {
                follow_up: Some(follow_up),
                resume_token: token,
            });
        }
        self.after = if full {
            last.saturating_sub(1).max(self.after)
        } else {
            reached.max(last)
        };
        let token = self.token(self.after);
        if !full && let Some(message) = self.ready.back_mut() {
            message.resume_token = token;
        }
        Ok(())
    }

    fn token(&self, sequence: u64) -> String {
        self.api.position_token(
            &self.caller,
            Position {
                shard: self.caller.shard,
                sequence,
            },
        )
    }

    fn heartbeat(&self) -> WatchNotificationsResponse {
        WatchNotificationsResponse {
            follow_up: None,
            resume_token: self.token(self.after),
        }
    }
}
