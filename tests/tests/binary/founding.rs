//! The founding, step by step: what is there after each, and how it goes on.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use kith_api::founding::{Founding, FoundingError, found, is_founded};
use kith_domain::person::Profile;
use kith_domain::time::Timestamp;
use kith_eventlog::ledger::Ledger;
use kith_eventlog::log::sqlite::Sqlite;
use kith_eventlog::sealing::{KeyRing, MasterKey};
use kith_eventlog::vault;

const NOW: Timestamp = Timestamp(1_780_000_000_000_000);
const LATER: Timestamp = Timestamp(1_780_000_009_000_000);

fn ledger(directory: &Path) -> Result<Ledger> {
    let vault = vault::sqlite::Sqlite::open(&directory.join("vault.db"))?;
    let keys = KeyRing::new(Arc::new(vault), MasterKey::new([7; 32]));
    let log = Sqlite::open(&directory.join("log.db"))?;
    Ok(Ledger::new(Arc::new(log), keys))
}

fn somebody(name: &str, address: &str) -> Profile {
    Profile {
        name: Some(name.into()),
        addresses: vec![address.into()],
        ..Profile::default()
    }
}

#[tokio::test]
async fn a_founding_that_was_interrupted_ends_with_the_keys_it_would_have_made() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let ana = somebody("Ana Silva", "ana@x.org");
    let ledger = ledger(folder.path())?;
    let begun = Founding::begin(&ledger, "Windfarm", &ana, NOW).await?;
    let (admin, operator) = (&begun.so_far().admin_key, &begun.so_far().operator_key);
    assert!(!is_founded(&ledger).await?, "no key opens anything yet");

    let founded = found(&ledger, "Windfarm", &ana, LATER).await?;
    assert!(is_founded(&ledger).await?);
    assert_eq!(
        (admin, operator),
        (&founded.admin_key, &founded.operator_key)
    );
    Ok(())
}

#[tokio::test]
async fn a_founding_does_not_go_on_for_somebody_else() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let ledger = ledger(folder.path())?;
    let ana = somebody("Ana Silva", "ana@x.org");
    Founding::begin(&ledger, "Windfarm", &ana, NOW).await?;
    let bo = somebody("Bo Lind", "bo@x.org");
    for (name, me) in [("Windfarm", &bo), ("Harbour", &ana)] {
        let refused = found(&ledger, name, me, LATER).await.err();
        assert!(
            matches!(refused, Some(FoundingError::BegunOtherwise)),
            "{refused:?}"
        );
    }
    assert!(!is_founded(&ledger).await?);
    Ok(())
}
