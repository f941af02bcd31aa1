//! Stopping in good order, and the one sanctioned way to start a task.
//!
//! A service has one [`Stop`] and one [`Tasks`]. Whatever fails, panics or is told to stop stops
//! the whole service: half a service is harder to notice than none.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::failure::chain;

/// A request to stop that everything listens to; clones are the same request.
#[derive(Debug, Clone, Default)]
pub struct Stop(CancellationToken);

impl Stop {
    /// Not yet requested.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Requests it; again changes nothing.
    pub fn stop(&self) {
        self.0.cancel();
    }

    /// Waits until it is requested.
    pub async fn stopped(&self) {
        self.0.cancelled().await;
    }

    /// Whether it is requested.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.is_cancelled()
    }

    /// The same request, for crates that do not know this one.
    #[must_use]
    pub fn token(&self) -> &CancellationToken {
        &self.0
    }

    /// A request of its own that follows this one: for a part that may stop alone.
    #[must_use]
    pub fn child(&self) -> Self {
        Self(self.0.child_token())
    }
}

/// The first SIGTERM or SIGINT stops; the second ends the process at once, with 128 + its number.
pub fn signals(stop: &Stop) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = stop.clone();
    let watch = async move {
        let mut next = async || {
            tokio::select! {
                _ = terminate.recv() => (SignalKind::terminate(), "SIGTERM"),
                _ = interrupt.recv() => (SignalKind::interrupt(), "SIGINT"),
            }
        };
        let (_, name) = next().await;
        tracing::info!(signal = name, "stopping; a second signal ends at once");
        stop.stop();
        let (kind, name) = next().await;
        tracing::warn!(signal = name, "ending at once");
        std::process::exit(128 + kind.as_raw_value());
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "outlives the tasks: the second signal comes while they are being waited for"
    )]
    drop(tokio::spawn(watch));
    Ok(())
}

/// Why a service ended otherwise than it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// A task failed.
    #[error("the task `{task}` failed")]
    Failed {
        /// Its name.
        task: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A task panicked; the log says where.
    #[error("the task `{task}` panicked")]
    Panicked {
        /// Its name.
        task: String,
    },
    /// Tasks did not end in time and were dropped where they stood.
    #[error("the tasks {} did not end in time", .tasks.join(", "))]
    Unfinished {
        /// Their names.
        tasks: Vec<String>,
    },
}

/// The tasks of a service; clones are the same tasks.
#[derive(Debug, Clone)]
pub struct Tasks {
    stop: Stop,
    tracker: TaskTracker,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    started: u64,
    running: BTreeMap<u64, Running>,
    /// What stopped the service, if a task did.
    first: Option<TaskError>,
}

#[derive(Debug)]
struct Running {
    name: String,
    abort: AbortHandle,
}

impl Tasks {
    /// No task yet; `stop` is requested when one fails.
    #[must_use]
    pub fn new(stop: Stop) -> Self {
        Self {
            stop,
            tracker: TaskTracker::new(),
            state: Arc::default(),
        }
    }

    /// What these tasks should listen to.
    #[must_use]
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Starts a task. If it fails or panics, that is logged with its name and stops the service.
    pub fn spawn<F, E>(&self, name: impl Into<Cow<'static, str>>, task: F)
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + Send + 'static,
    {
        let name = name.into().into_owned();
        // Locked until the task is noted, so that it can't end before.
        let mut state = self.lock();
        let number = state.started;
        state.started += 1;
        let tasks = self.clone();
        let handle = self.tracker.spawn(async move {
            let outcome = AssertUnwindSafe(task).catch_unwind().await;
            tasks.ended(number, outcome.map(|ended| ended.map_err(Into::into)));
        });
        let abort = handle.abort_handle();
        state.running.insert(number, Running { name, abort });
    }

    fn ended<P>(&self, number: u64, outcome: Result<Result<(), BoxedError>, P>) {
        let mut state = self.lock();
        let Some(Running { name: task, .. }) = state.running.remove(&number) else {
            return;
        };
        let error = match outcome {
            Ok(Ok(())) => return tracing::debug!(task, "ended"),
            Ok(Err(source)) => TaskError::Failed { task, source },
            Err(_) => TaskError::Panicked { task },
        };
        tracing::error!("stopping: {}", chain(&error));
        state.first.get_or_insert(error);
        drop(state);
        self.stop.stop();
    }

    /// Waits until all tasks have ended. Once the stop is requested they have `grace` to do so; what
    /// still runs then is dropped. Answers the first error.
    pub async fn wait(&self, grace: Duration) -> Result<(), TaskError> {
        self.tracker.close();
        let out_of_time = async {
            self.stop.stopped().await;
            tokio::time::sleep(grace).await;
        };
        tokio::select! {
            biased;
            () = self.tracker.wait() => {}
            () = out_of_time => self.drop_the_rest(),
        }
        self.lock().first.take().map_or(Ok(()), Err)
    }

    fn drop_the_rest(&self) {
        let mut state = self.lock();
        let rest = std::mem::take(&mut state.running);
        let tasks: Vec<String> = rest
            .into_values()
            .map(|running| {
                running.abort.abort();
                running.name
            })
            .collect();
        let error = TaskError::Unfinished { tasks };
        tracing::error!("{error}");
        state.first.get_or_insert(error);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type BoxedError = Box<dyn std::error::Error + Send + Sync>;
