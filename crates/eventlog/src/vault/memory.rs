//! The vault in memory: for tests of everything above it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use kith_domain::id::OrganisationId;

use super::{Entry, KeyOf, Vault, VaultError, Wrapped};

/// A vault in memory.
#[derive(Debug, Default)]
pub struct Memory {
    rows: Mutex<HashMap<(OrganisationId, KeyOf), Entry>>,
}

#[async_trait]
impl Vault for Memory {
    async fn fetch(
        &self,
        organisation: OrganisationId,
        keys: &[KeyOf],
    ) -> Result<Vec<Entry>, VaultError> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = |key: &KeyOf| {
            rows.get(&(organisation, *key))
                .cloned()
                .unwrap_or(Entry::Absent)
        };
        Ok(keys.iter().map(entry).collect())
    }

    async fn keep(
        &self,
        organisation: OrganisationId,
        keys: &[(KeyOf, Wrapped)],
    ) -> Result<Vec<Entry>, VaultError> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let mut keep = |(key, wrapped): &(KeyOf, Wrapped)| {
            let row = rows.entry((organisation, *key));
            row.or_insert_with(|| Entry::Kept(wrapped.clone())).clone()
        };
        Ok(keys.iter().map(&mut keep).collect())
    }

    async fn destroy(
        &self,
        organisation: OrganisationId,
        keys: &[KeyOf],
    ) -> Result<(), VaultError> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        rows.extend(
            keys.iter()
                .map(|key| ((organisation, *key), Entry::Destroyed)),
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn the_memory_vault_keeps_its_obligations() {
        super::super::conformance::holds(&super::Memory::default()).await;
    }
}
