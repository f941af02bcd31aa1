//! The tables of a generation.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

use super::{found, statistics};

/// The first schema.
pub(super) struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &'static str {
        "m0001_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection
            .execute_unprepared(&ddl(manager.get_database_backend()))
            .await?;
        Ok(())
    }
}

/// The statements for one engine. Text sorts by its bytes on both, so that keyset pages agree.
fn ddl(backend: DbBackend) -> String {
    let (blob, text, without_rowid, more) = if backend == DbBackend::Postgres {
        ("bytea", "text COLLATE \"C\"", "", found::on_postgres())
    } else {
        let more = found::on_sqlite() + &statistics::on_sqlite();
        ("blob", "text", "WITHOUT ROWID", more)
    };
    let tables = DDL
        .replace("{blob}", blob)
        .replace("{text}", text)
        .replace("{without_rowid}", without_rowid);
    tables + &more
}

const DDL: &str = r"
    CREATE TABLE checkpoint (
        shard integer NOT NULL,
        epoch {blob} NOT NULL,
        sequence bigint NOT NULL,
        commit_id {blob},
        retried bigint NOT NULL,
        PRIMARY KEY (shard)
    );
    CREATE TABLE parked (
        shard integer NOT NULL,
        organisation {blob} NOT NULL,
        position bigint NOT NULL,
        reason text NOT NULL,
        PRIMARY KEY (shard, organisation)
    );
    CREATE TABLE organisation (
        id {blob} NOT NULL,
        shard integer NOT NULL,
        name {text},
        sharing smallint NOT NULL,
        PRIMARY KEY (id)
    );
    CREATE TABLE moved (
        organisation {blob} NOT NULL,
        position bigint NOT NULL,
        PRIMARY KEY (organisation)
    );
    CREATE TABLE member (
        organisation {blob} NOT NULL,
        id {blob} NOT NULL,
        joined_us bigint NOT NULL,
        PRIMARY KEY (organisation, id)
    ) {without_rowid};
    CREATE TABLE api_key (
        id {blob} NOT NULL,
        organisation {blob} NOT NULL,
        role smallint NOT NULL,
        member {blob},
        secret_hash {blob} NOT NULL,
        label {text} NOT NULL,
        revoked boolean NOT NULL,
        created_us bigint NOT NULL,
        PRIMARY KEY (id)
    );
    CREATE TABLE person (
        organisation {blob} NOT NULL,
        id {blob} NOT NULL,
        name {text},
        sort_name {text} NOT NULL,
        external_key {text},
        addresses {text} NOT NULL,
        company {text},
        title {text},
        affiliations {text} NOT NULL,
        tags {text} NOT NULL,
        words {text},
        version integer NOT NULL,
        met boolean NOT NULL,
        entered_us bigint NOT NULL,
        entered_by {blob},
        fingerprint {blob} NOT NULL,
        PRIMARY KEY (organisation, id)
    );
    CREATE TABLE identity (
        organisation {blob} NOT NULL,
        entry {blob} NOT NULL,
        kept {blob} NOT NULL,
        person {blob} NOT NULL,
        PRIMARY KEY (organisation, entry)
    ) {without_rowid};
    CREATE TABLE entry (
        organisation {blob} NOT NULL,
        id {blob} NOT NULL,
        name {text},
        external_key {text},
        addresses {text} NOT NULL,
        company {text},
        title {text},
        affiliations {text} NOT NULL,
        tags {text} NOT NULL,
        version integer NOT NULL,
        met boolean NOT NULL,
        entered_us bigint NOT NULL,
        entered_by {blob},
        fingerprint {blob} NOT NULL,
        PRIMARY KEY (organisation, id)
    );
    CREATE TABLE person_address (
        organisation {blob} NOT NULL,
        address {text} NOT NULL,
        entry {blob} NOT NULL,
        person {blob} NOT NULL,
        domain {text} NOT NULL,
        former boolean NOT NULL,
        PRIMARY KEY (organisation, address, entry)
    ) {without_rowid};
    CREATE TABLE person_change (
        organisation {blob} NOT NULL,
        person {blob} NOT NULL,
        position bigint NOT NULL,
        field {text} NOT NULL,
        member {blob},
        at_us bigint NOT NULL,
        before {text},
        after {text},
        PRIMARY KEY (organisation, person, position, field)
    );
    CREATE TABLE person_company (
        organisation {blob} NOT NULL,
        company {text} NOT NULL,
        person {blob} NOT NULL,
        name {text} NOT NULL,
        since {text},
        until {text},
        PRIMARY KEY (organisation, company, person)
    ) {without_rowid};
    CREATE TABLE person_tag (
        organisation {blob} NOT NULL,
        tag {text} NOT NULL,
        person {blob} NOT NULL,
        PRIMARY KEY (organisation, tag, person)
    ) {without_rowid};
    CREATE TABLE telling (
        organisation {blob} NOT NULL,
        entry {blob} NOT NULL,
        member {blob} NOT NULL,
        person {blob} NOT NULL,
        name {text} NOT NULL,
        sort_name {text} NOT NULL,
        words {text},
        position bigint NOT NULL,
        PRIMARY KEY (organisation, entry, member)
    ) {without_rowid};
    CREATE TABLE fact (
        organisation {blob} NOT NULL,
        id {blob} NOT NULL,
        person {blob} NOT NULL,
        entry {blob} NOT NULL,
        kind smallint NOT NULL,
        text {text},
        source {text},
        question {text},
        private boolean NOT NULL,
        words {text},
        author {blob} NOT NULL,
        noted_us bigint NOT NULL,
        removed_us bigint,
        fingerprint {blob} NOT NULL,
        PRIMARY KEY (organisation, id)
    );
    CREATE TABLE interaction (
        organisation {blob} NOT NULL,
        id {blob} NOT NULL,
        revision integer NOT NULL,
        from_position bigint NOT NULL,
        to_position bigint,
        recorded_us bigint NOT NULL,
        source {blob},
        recorder {blob} NOT NULL,
        kind smallint NOT NULL,
        at_us bigint NOT NULL,
        duration_s integer NOT NULL,
        participants {blob} NOT NULL,
        channel {text},
        note {text},
        subject {text},
        words {text},
        found boolean NOT NULL,
        fingerprint {blob} NOT NULL,
        import {blob},
        by_hand boolean NOT NULL,
        held integer NOT NULL,
        PRIMARY KEY (organisation, id, revision)
    ) {without_rowid};
    CREATE TABLE import (
        organisation {blob} NOT NULL,
        id {blob} NOT NULL,
        member {blob},
        name {text},
        begun_us bigint NOT NULL,
        undone boolean NOT NULL,
        PRIMARY KEY (organisation, id)
    );
    CREATE TABLE import_again (
        organisation {blob} NOT NULL,
        import {blob} NOT NULL,
        interaction {blob} NOT NULL,
        PRIMARY KEY (organisation, import, interaction)
    ) {without_rowid};
    CREATE TABLE import_change (
        organisation {blob} NOT NULL,
        import {blob} NOT NULL,
        position bigint NOT NULL,
        kind smallint NOT NULL,
        subject {text} NOT NULL,
        before bigint,
        at_us bigint NOT NULL,
        PRIMARY KEY (organisation, import, position)
    ) {without_rowid};
    CREATE TABLE participation (
        organisation {blob} NOT NULL,
        person {blob} NOT NULL,
        at_us bigint NOT NULL,
        interaction {blob} NOT NULL,
        PRIMARY KEY (organisation, person, at_us, interaction)
    ) {without_rowid};
    CREATE TABLE tie (
        organisation {blob} NOT NULL,
        member {blob} NOT NULL,
        person {blob} NOT NULL,
        anchor integer NOT NULL,
        day bigint NOT NULL,
        week bigint NOT NULL,
        month bigint NOT NULL,
        first_us bigint NOT NULL,
        last_in_us bigint,
        last_out_us bigint,
        n_in bigint NOT NULL,
        n_out bigint NOT NULL,
        per_kind {blob} NOT NULL,
        answered boolean NOT NULL,
        known_us bigint NOT NULL,
        ladder_from_us bigint,
        fading_basis bigint,
        ladder_basis bigint,
        due_us bigint,
        due_reason smallint,
        due_basis bigint,
        due_told smallint NOT NULL,
        PRIMARY KEY (organisation, member, person)
    ) {without_rowid};
    CREATE TABLE follow_up (
        organisation {blob} NOT NULL,
        id {blob} NOT NULL,
        member {blob} NOT NULL,
        person {blob} NOT NULL,
        entry {blob} NOT NULL,
        reason smallint NOT NULL,
        basis bigint NOT NULL,
        mine boolean NOT NULL,
        text {text},
        due_us bigint NOT NULL,
        status smallint NOT NULL,
        told_due_us bigint,
        told_position bigint,
        told_us bigint,
        made_us bigint NOT NULL,
        fingerprint {blob} NOT NULL,
        PRIMARY KEY (organisation, id)
    );
    CREATE TABLE sharing_rule (
        organisation {blob} NOT NULL,
        member {blob} NOT NULL,
        kind smallint NOT NULL,
        target {blob} NOT NULL,
        level smallint NOT NULL,
        PRIMARY KEY (organisation, member, kind, target)
    ) {without_rowid};
    CREATE TABLE exclusion (
        organisation {blob} NOT NULL,
        member {blob} NOT NULL,
        target {text} NOT NULL,
        person {blob},
        PRIMARY KEY (organisation, member, target)
    ) {without_rowid};
    CREATE TABLE care (
        organisation {blob} NOT NULL,
        member {blob} NOT NULL,
        entry {blob} NOT NULL,
        person {blob} NOT NULL,
        word smallint NOT NULL,
        important boolean NOT NULL,
        since_us bigint NOT NULL,
        position bigint NOT NULL,
        holds boolean NOT NULL,
        PRIMARY KEY (organisation, member, entry)
    ) {without_rowid};
    CREATE TABLE pause (
        organisation {blob} NOT NULL,
        member {blob} NOT NULL,
        until_us bigint NOT NULL,
        PRIMARY KEY (organisation, member)
    ) {without_rowid};
    CREATE TABLE comfort (
        organisation {blob} NOT NULL,
        member {blob} NOT NULL,
        habits {text} NOT NULL,
        per_week integer NOT NULL,
        per_day integer NOT NULL,
        days {text} NOT NULL,
        own_words {text},
        since_us bigint NOT NULL,
        PRIMARY KEY (organisation, member)
    ) {without_rowid};
    CREATE TABLE gathering (
        organisation {blob} NOT NULL,
        id {blob} NOT NULL,
        name {text} NOT NULL,
        place {text},
        begins_us bigint NOT NULL,
        ends_us bigint NOT NULL,
        zone {text} NOT NULL,
        topics {text} NOT NULL,
        cancelled boolean NOT NULL,
        revision integer NOT NULL,
        PRIMARY KEY (organisation, id)
    ) {without_rowid};
    CREATE TABLE gathering_session (
        organisation {blob} NOT NULL,
        gathering {blob} NOT NULL,
        id {blob} NOT NULL,
        title {text} NOT NULL,
        room {text},
        begins_us bigint NOT NULL,
        ends_us bigint NOT NULL,
        topics {text} NOT NULL,
        speakers {blob} NOT NULL,
        PRIMARY KEY (organisation, gathering, id)
    ) {without_rowid};
    CREATE TABLE gathering_going (
        organisation {blob} NOT NULL,
        gathering {blob} NOT NULL,
        member {blob} NOT NULL,
        from_us bigint,
        until_us bigint,
        PRIMARY KEY (organisation, gathering, member)
    ) {without_rowid};
    CREATE TABLE gathering_attendee (
        organisation {blob} NOT NULL,
        gathering {blob} NOT NULL,
        listed {blob} NOT NULL,
        name {text},
        company {text},
        title {text},
        address {text},
        bio {text},
        topics {text} NOT NULL,
        talk {text},
        url {text},
        sort_name {text} NOT NULL,
        revision integer NOT NULL,
        gone boolean NOT NULL,
        PRIMARY KEY (organisation, gathering, listed)
    ) {without_rowid};
    CREATE TABLE gathering_answer (
        organisation {blob} NOT NULL,
        gathering {blob} NOT NULL,
        listed {blob} NOT NULL,
        said_by {blob} NOT NULL,
        person {blob},
        revision integer NOT NULL,
        PRIMARY KEY (organisation, gathering, listed, said_by)
    ) {without_rowid};
    CREATE TABLE erasure (
        organisation {blob} NOT NULL,
        person {blob} NOT NULL,
        whom {blob} NOT NULL,
        erased_us bigint NOT NULL,
        PRIMARY KEY (organisation, person)
    ) {without_rowid};
    CREATE TABLE gone (
        organisation {blob} NOT NULL,
        erased_us bigint NOT NULL,
        PRIMARY KEY (organisation)
    );
    CREATE TABLE own_change (
        organisation {blob} NOT NULL,
        member {blob} NOT NULL,
        position bigint NOT NULL,
        kind smallint NOT NULL,
        subject {text} NOT NULL,
        before bigint,
        at_us bigint NOT NULL,
        undone boolean NOT NULL,
        PRIMARY KEY (organisation, member, position)
    ) {without_rowid};
    CREATE TABLE export_record (
        organisation {blob} NOT NULL,
        position bigint NOT NULL,
        key {blob} NOT NULL,
        at_us bigint NOT NULL,
        PRIMARY KEY (organisation, position)
    );
    CREATE INDEX api_key_organisation ON api_key (organisation, id);
    CREATE INDEX person_sort_name ON person (organisation, sort_name, id);
    CREATE INDEX person_external_key ON person (organisation, external_key);
    CREATE INDEX identity_person ON identity (organisation, person);
    CREATE INDEX person_address_person ON person_address (organisation, person);
    CREATE INDEX person_company_person ON person_company (organisation, person);
    CREATE INDEX person_tag_person ON person_tag (organisation, person);
    CREATE INDEX telling_person ON telling (organisation, person);
    CREATE INDEX telling_sort_name ON telling (organisation, sort_name, person);
    CREATE INDEX fact_person ON fact (organisation, person);
    CREATE INDEX interaction_source ON interaction (organisation, source) WHERE source IS NOT NULL;
    CREATE INDEX interaction_import ON interaction (organisation, import, from_position) WHERE import IS NOT NULL;
    CREATE INDEX interaction_by_hand ON interaction (organisation, recorder, from_position) WHERE import IS NULL AND revision = 1;
    CREATE INDEX import_again_interaction ON import_again (organisation, interaction);
    CREATE INDEX import_member ON import (organisation, member, begun_us);
    CREATE INDEX tie_person ON tie (organisation, person, member);
    CREATE INDEX tie_due ON tie (due_us) WHERE due_us IS NOT NULL AND due_told = 0;
    CREATE INDEX follow_up_member ON follow_up (organisation, member, status, due_us);
    CREATE INDEX follow_up_person ON follow_up (organisation, person);
    CREATE INDEX care_person ON care (organisation, member, person) WHERE holds;
    CREATE INDEX gathering_ends ON gathering (organisation, ends_us, id);
    CREATE INDEX gathering_attendee_listed ON gathering_attendee (organisation, listed);
    CREATE INDEX gathering_answer_listed ON gathering_answer (organisation, listed);
    CREATE INDEX gathering_answer_person ON gathering_answer (organisation, person);
    CREATE INDEX follow_up_told ON follow_up (organisation, member, told_position);
    CREATE INDEX follow_up_told_when ON follow_up (organisation, member, told_us);
    CREATE INDEX follow_up_told_at ON follow_up (told_position);
    CREATE INDEX follow_up_due ON follow_up (due_us) WHERE status = 0;
";
