//! Tasks: what ends stops the rest, and says why.

use std::future::pending;
use std::time::Duration;

use kith_servicekit::shutdown::{Stop, TaskError, Tasks};

const LONG: Duration = Duration::from_mins(1);

fn tasks_with_one_that_waits() -> Tasks {
    let tasks = Tasks::new(Stop::new());
    let stop = tasks.stop().clone();
    tasks.spawn("waits", async move {
        stop.stopped().await;
        anyhow::Ok(())
    });
    tasks
}

#[tokio::test]
async fn a_task_that_fails_stops_the_others_and_is_told_by_name() {
    let tasks = tasks_with_one_that_waits();
    tasks.spawn("fails", async { Err(anyhow::anyhow!("no disk")) });
    let error = tasks.wait(LONG).await.unwrap_err();
    assert!(
        matches!(&error, TaskError::Failed { task, .. } if task == "fails"),
        "{error:?}"
    );
    assert!(tasks.stop().is_stopped());
}

#[tokio::test]
async fn a_task_that_panics_stops_the_others_and_is_told_by_name() {
    let tasks = tasks_with_one_that_waits();
    tasks.spawn(format!("projector {}", 3), async {
        let nothing: Vec<anyhow::Result<()>> = Vec::new();
        nothing.into_iter().next().expect("a defect")
    });
    let error = tasks.wait(LONG).await.unwrap_err();
    assert_eq!(error.to_string(), "the task `projector 3` panicked");
}

#[tokio::test]
async fn a_stop_ends_in_good_order() {
    let tasks = tasks_with_one_that_waits();
    tasks.stop().stop();
    assert!(tasks.wait(LONG).await.is_ok());
}

#[tokio::test]
async fn tasks_that_end_by_themselves_need_no_stop() {
    let tasks = Tasks::new(Stop::new());
    tasks.spawn("short", async { anyhow::Ok(()) });
    assert!(tasks.wait(LONG).await.is_ok());
    assert!(!tasks.stop().is_stopped());
}

#[tokio::test]
async fn tasks_that_ignore_the_stop_are_dropped_and_named() {
    let tasks = tasks_with_one_that_waits();
    let (held, dropped) = tokio::sync::oneshot::channel::<()>();
    tasks.spawn("deaf", async move {
        let _held = held;
        pending::<()>().await;
        anyhow::Ok(())
    });
    tasks.stop().stop();
    let error = tasks.wait(Duration::from_millis(50)).await.unwrap_err();
    assert_eq!(error.to_string(), "the tasks deaf did not end in time");
    assert!(dropped.await.is_err(), "what it held is let go");
}

#[tokio::test]
async fn a_child_stops_with_its_parent_but_not_the_other_way_round() {
    let stop = Stop::new();
    let (one, other) = (stop.child(), stop.child());
    one.stop();
    assert!(!stop.is_stopped() && !other.is_stopped());
    stop.stop();
    other.stopped().await;
}
