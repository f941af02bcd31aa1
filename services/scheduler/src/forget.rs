//! Keys of erased people stay destroyed, whatever backup their vault was restored from, and their words
//! stay gone from the database's files, whenever the server that erased them was stopped.

use std::time::Duration;

use kith_eventlog::ledger::Ledger;
use kith_eventlog::vault::KeyOf;
use kith_readmodel::query::erasures;
use kith_readmodel::store::Store;
use kith_servicekit::failure::chain;

/// How often the log's word on who was erased is held against the vault.
const EVERY: Duration = Duration::from_secs(3_600);

/// Destroys the keys of everybody who was erased, now and every hour.
pub(crate) async fn keep_forgetting(store: &Store, ledger: &Ledger) {
    loop {
        forget(store, ledger).await;
        tokio::time::sleep(EVERY).await;
    }
}

async fn forget(store: &Store, ledger: &Ledger) {
    let erased = match erasures::all(&store.live().reading).await {
        Ok(erased) => erased,
        Err(error) => return tracing::warn!("who was erased is not known: {}", chain(&error)),
    };
    for (organisation, people) in erased {
        let keys: Vec<KeyOf> = people.iter().copied().map(KeyOf::Person).collect();
        if let Err(error) = ledger.keys().destroy(organisation, &keys).await {
            tracing::warn!("keys of erased people may be there: {}", chain(&error));
        }
        if let Err(error) = store.forget_accesses(organisation, Some(&people)).await {
            tracing::warn!("who read of erased people may be kept: {}", chain(&error));
        }
    }
    match erasures::organisations(&store.live().reading).await {
        Ok(gone) => {
            for organisation in gone {
                let keys = ledger.keys();
                if let Err(error) = store.forget_accesses(organisation, None).await {
                    tracing::warn!(
                        "who read in an erased organisation may be kept: {}",
                        chain(&error)
                    );
                }
                let destroyed = keys.destroy(organisation, &[KeyOf::Organisation]).await;
                if let Err(error) = destroyed {
                    tracing::warn!(
                        "the key of an erased organisation may be there: {}",
                        chain(&error)
                    );
                }
            }
        }
        Err(error) => tracing::warn!(
            "which organisations were erased is not known: {}",
            chain(&error)
        ),
    }
    // On Postgres whoever erases does it, and rows that are dead are overwritten in time.
    let writing = store.live().writing;
    if let Err(error) = erasures::scrub_file(&writing).await {
        tracing::warn!(
            "words of erased people may be in the file: {}",
            chain(&error)
        );
    }
}
