//! Waiting on a condition with a deadline: the only sanctioned polling wait of the tests.
//!
//! A bare sleep is either too short on a busy machine or too long on a quiet one.

use std::panic::Location;
use std::time::Duration;

/// How long to wait between two looks at the condition.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// The condition did not come true in time.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the condition at {place} was still not met after {deadline:?}")]
pub struct DeadlinePassed {
    /// Where the wait was called from.
    pub place: &'static Location<'static>,
    /// How long it waited.
    pub deadline: Duration,
}

/// Waits until `condition` is true, looking every few milliseconds, for at most `deadline`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), kith_testkit::DeadlinePassed> {
/// let mut looks = 0;
/// kith_testkit::eventually(std::time::Duration::from_secs(5), async || {
///     looks += 1;
///     looks == 3
/// })
/// .await
/// # }
/// ```
#[track_caller]
pub fn eventually<C>(
    deadline: Duration,
    mut condition: C,
) -> impl Future<Output = Result<(), DeadlinePassed>>
where
    C: AsyncFnMut() -> bool,
{
    eventually_some(deadline, async move || condition().await.then_some(()))
}

/// Waits until `attempt` answers `Some`, looking every few milliseconds, for at most `deadline`,
/// and answers what was inside.
#[track_caller]
pub fn eventually_some<T, A>(
    deadline: Duration,
    mut attempt: A,
) -> impl Future<Output = Result<T, DeadlinePassed>>
where
    A: AsyncFnMut() -> Option<T>,
{
    let place = Location::caller();
    async move {
        let looks = async {
            loop {
                if let Some(found) = attempt().await {
                    return found;
                }
                tokio::time::sleep(BETWEEN_LOOKS).await;
            }
        };
        tokio::time::timeout(deadline, looks)
            .await
            .map_err(|_| DeadlinePassed { place, deadline })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_condition_that_never_holds_names_the_place_that_waited() {
        let passed = eventually(Duration::from_millis(20), async || false)
            .await
            .unwrap_err();
        assert!(passed.to_string().contains("wait.rs"), "{passed}");
    }

    #[tokio::test]
    async fn the_wait_ends_at_the_first_some() {
        let mut looks = 0;
        let found = eventually_some(Duration::from_secs(5), async || {
            looks += 1;
            (looks == 3).then_some(looks)
        })
        .await;
        assert_eq!(found.unwrap(), 3);
    }
}
