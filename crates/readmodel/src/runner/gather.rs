//! Records into batches: enough to fill a transaction, little enough to keep it short. Decoded and
//! turned into rows a batch takes many times its bytes.

use futures::{FutureExt, Stream, StreamExt};
use kith_eventlog::log::{ReadError, Record};

const COMMITS: usize = 4_096;
const BYTES: usize = 1024 * 1024;

/// A batch that begins with `first`: what follows it and is there without waiting.
pub(super) fn batch(
    first: Record,
    records: &mut (impl Stream<Item = Result<Record, ReadError>> + Unpin),
) -> Result<Vec<Record>, ReadError> {
    let mut bytes = first.bytes.len();
    let mut batch = vec![first];
    while batch.len() < COMMITS && bytes < BYTES {
        let Some(Some(next)) = records.next().now_or_never() else {
            break;
        };
        let next = next?;
        bytes += next.bytes.len();
        batch.push(next);
    }
    Ok(batch)
}

#[cfg(test)]
mod tests {
    use futures::{executor::block_on, stream};
    use kith_eventlog::log::MAX_COMMIT_BYTES;

    use super::*;

    fn sizes(count: usize, bytes: usize) -> Vec<usize> {
        let record = |sequence| Record {
            sequence,
            bytes: vec![0; bytes].into(),
        };
        let mut records = stream::iter((1..=count as u64).map(|n| Ok(record(n))));
        let mut sizes = Vec::new();
        while let Some(first) = block_on(records.next()) {
            sizes.push(batch(first.unwrap(), &mut records).unwrap().len());
        }
        sizes
    }

    #[test]
    fn a_batch_of_the_largest_commits_is_as_short_as_one_of_many_small_ones() {
        assert_eq!(sizes(20, MAX_COMMIT_BYTES), [2; 10]);
        assert_eq!(sizes(5_000, 16), [4_096, 904]);
    }
}
