//! A world: one log in memory, and the read models built from it on both engines.

mod gathered;
pub(crate) mod history;
pub(crate) mod moments;
pub(crate) mod organisation;
pub(crate) mod running;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result};
use kith_domain::event::Event;
use kith_domain::id::OrganisationId;
use kith_domain::sharing::Level;
use kith_eventlog::ledger::Ledger;
use kith_eventlog::log::memory::Memory;
use kith_eventlog::sealing::{KeyRing, MasterKey};
use kith_eventlog::vault::memory::Memory as Vault;
use kith_readmodel::entity::{checkpoint, tie};
use kith_readmodel::rebuild::{Verdict, verify};
use kith_readmodel::runner::catch_up;
use kith_readmodel::store::{Place, Store};
use kith_testkit::{ManualClock, Postgres};
use sea_orm::{EntityTrait, QueryOrder};
use tempfile::TempDir;

use organisation::Organisation;

/// Everything happens in the log's only shard.
pub(crate) const SHARD: u16 = 0;

/// One log, and both engines that follow it.
pub(crate) struct World {
    pub(crate) ledger: Ledger,
    /// When commits are accepted.
    pub(crate) clock: ManualClock,
    sqlite: Store,
    postgres: Store,
    directory: TempDir,
    url: String,
    ids: AtomicU64,
}

impl World {
    /// An empty log, a new directory, a new database.
    pub(crate) async fn new() -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let url = Postgres::shared().await?.database().await?;
        Store::migrate(Place::Postgres(url.clone())).await?;
        Ok(Self {
            ledger: ledger(),
            clock: ManualClock::new(moments::day(0)),
            sqlite: Store::open(Place::Directory(directory.path().to_owned())).await?,
            postgres: Store::open(Place::Postgres(url.clone())).await?,
            directory,
            url,
            ids: AtomicU64::new(1),
        })
    }

    /// Creates an organisation whose members share by name. Every id of its people starts with
    /// `tag`.
    pub(crate) async fn organisation(&self, tag: u8) -> Result<Organisation<'_>> {
        self.organisation_sharing(tag, Level::Named).await
    }

    /// The same, with another default of what members share.
    pub(crate) async fn organisation_sharing(
        &self,
        tag: u8,
        sharing: Level,
    ) -> Result<Organisation<'_>> {
        let id = OrganisationId::from_bytes([tag; 16]);
        let system = Organisation::of(self, OrganisationId::SYSTEM);
        let created = kith_domain::organisation::Event::Created {
            id,
            shard: SHARD,
            name: "Windfarm".into(),
            sharing,
        };
        system.commit(vec![Event::Organisation(created)]).await?;
        Ok(Organisation::of(self, id))
    }

    /// SQLite and Postgres, wherever they are in the log.
    pub(crate) fn stores(&self) -> [&Store; 2] {
        [&self.sqlite, &self.postgres]
    }

    /// SQLite and Postgres, both at the log's tail.
    pub(crate) async fn caught_up(&self) -> Result<[&Store; 2]> {
        for store in self.stores() {
            self.project(store, self.tail().await?).await?;
        }
        Ok(self.stores())
    }

    /// Projects up to a position; answers the one reached.
    pub(crate) async fn project(&self, store: &Store, until: u64) -> Result<u64> {
        let live = store.live();
        catch_up(&live.writing, &self.ledger, SHARD, until)
            .await
            .with_context(|| format!("on {}", store.engine()))
    }

    /// Another process on the same read models.
    pub(crate) async fn another(&self, like: &Store) -> Result<Store> {
        let place = match like.engine() {
            "sqlite" => Place::Directory(self.directory.path().to_owned()),
            _ => Place::Postgres(self.url.clone()),
        };
        Ok(Store::open(place).await?)
    }

    /// The Postgres database of this world.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The directory of the SQLite files.
    pub(crate) fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }

    /// The last position of the log.
    pub(crate) async fn tail(&self) -> Result<u64> {
        Ok(self.ledger.log().tail(SHARD).await?)
    }

    /// Replays the log beside both engines and expects what is live there, row for row, and the
    /// same rows on both. Answers how many.
    pub(crate) async fn expect_replay_to_agree(&self) -> Result<u64> {
        let sqlite = verify(&self.sqlite, &self.ledger).await?;
        let postgres = verify(&self.postgres, &self.ledger).await?;
        assert_eq!(sqlite, postgres, "SQLite and Postgres");
        let Verdict::Equal { rows, .. } = sqlite else {
            panic!("live and replay: {sqlite:?}");
        };
        Ok(rows)
    }

    /// 1, 2, 3…
    fn number(&self) -> u64 {
        self.ids.fetch_add(1, Ordering::Relaxed)
    }
}

/// An empty log with an empty vault.
pub(crate) fn ledger() -> Ledger {
    let keys = KeyRing::new(Arc::new(Vault::default()), MasterKey::new([7; 32]));
    Ledger::new(Arc::new(Memory::new(1)), keys)
}

/// Where the live generation is in the log.
pub(crate) async fn checkpoint(store: &Store) -> Result<u64> {
    let row = checkpoint::Entity::find_by_id(i32::from(SHARD));
    let row = row.one(&store.live().reading).await?;
    Ok(row.map_or(0, |row| row.sequence as u64))
}

/// All tie rows of the live generation.
pub(crate) async fn ties(store: &Store) -> Result<Vec<tie::Model>> {
    let all = tie::Entity::find()
        .order_by_asc(tie::Column::Organisation)
        .order_by_asc(tie::Column::Member)
        .order_by_asc(tie::Column::Person);
    Ok(all.all(&store.live().reading).await?)
}
