//! The statements, and how they are made ready on a connection. Each file says at
//! its head what it takes and returns.
//!
//! All of them compare lifetimes to `statement_timestamp()`: the server's clock when
//! it began with the statement, so one moment for the whole of it, within the call.
//! Each is one transaction, at `READ COMMITTED`.

use futures::future::try_join_all;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Statement};

use crate::config::Schema;

/// A statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sql {
    Clear,
    Close,
    Delete,
    DeleteMany,
    DeleteVersion,
    Entry,
    Exists,
    Get,
    GetMany,
    Increment,
    List,
    Register,
    Set,
    SetAbsent,
    SetMany,
    SetVersion,
    Stores,
    Sweep,
}

/// In the order of [`Sql`].
const TEXTS: [(Sql, &str, &[Type]); 18] = [
    (
        Sql::Clear,
        include_str!("sql/clear.sql"),
        &[Type::TEXT, Type::INT8],
    ),
    (Sql::Close, include_str!("sql/close.sql"), &[Type::TEXT]),
    (
        Sql::Delete,
        include_str!("sql/delete.sql"),
        &[Type::INT8, Type::BYTEA],
    ),
    (
        Sql::DeleteMany,
        include_str!("sql/delete_many.sql"),
        &[Type::INT8, Type::BYTEA_ARRAY],
    ),
    (
        Sql::DeleteVersion,
        include_str!("sql/delete_version.sql"),
        &[Type::INT8, Type::BYTEA, Type::UUID],
    ),
    (
        Sql::Entry,
        include_str!("sql/entry.sql"),
        &[Type::INT8, Type::BYTEA],
    ),
    (
        Sql::Exists,
        include_str!("sql/exists.sql"),
        &[Type::INT8, Type::BYTEA],
    ),
    (
        Sql::Get,
        include_str!("sql/get.sql"),
        &[Type::INT8, Type::BYTEA],
    ),
    (
        Sql::GetMany,
        include_str!("sql/get_many.sql"),
        &[Type::INT8, Type::BYTEA_ARRAY],
    ),
    (
        Sql::Increment,
        include_str!("sql/increment.sql"),
        &[Type::INT8, Type::BYTEA, Type::INT8],
    ),
    (
        Sql::List,
        include_str!("sql/list.sql"),
        &[Type::INT8, Type::BYTEA, Type::BYTEA, Type::INT8],
    ),
    (
        Sql::Register,
        include_str!("sql/register.sql"),
        &[Type::TEXT, Type::TEXT_ARRAY],
    ),
    (
        Sql::Set,
        include_str!("sql/set.sql"),
        &[Type::INT8, Type::BYTEA, Type::BYTEA, Type::INT8],
    ),
    (
        Sql::SetAbsent,
        include_str!("sql/set_absent.sql"),
        &[Type::INT8, Type::BYTEA, Type::BYTEA, Type::INT8],
    ),
    (
        Sql::SetMany,
        include_str!("sql/set_many.sql"),
        &[Type::INT8, Type::BYTEA_ARRAY, Type::BYTEA_ARRAY],
    ),
    (
        Sql::SetVersion,
        include_str!("sql/set_version.sql"),
        &[Type::INT8, Type::BYTEA, Type::BYTEA, Type::INT8, Type::UUID],
    ),
    (Sql::Stores, include_str!("sql/stores.sql"), &[Type::TEXT]),
    (Sql::Sweep, include_str!("sql/sweep.sql"), &[Type::INT8]),
];

/// What the service says of itself.
pub(crate) fn facts(schema: &Schema) -> String {
    schema.fill(include_str!("sql/facts.sql"))
}

/// Makes the layout. To make a schema needs a right, even where it is there already.
pub(crate) fn create(schema: &Schema, has_schema: bool) -> String {
    let text = include_str!("sql/create.sql").lines();
    let text: Vec<&str> = text
        .filter(|line| !(has_schema && line.starts_with("CREATE SCHEMA")))
        .collect();
    schema.fill(&text.join("\n"))
}

/// All statements, made ready on one connection.
pub(crate) struct Prepared(Vec<Statement>);

impl Prepared {
    /// In one round trip.
    pub(crate) async fn make(
        client: &Client,
        schema: &Schema,
    ) -> Result<Self, tokio_postgres::Error> {
        let texts = TEXTS.map(|(_, text, types)| (schema.fill(text), types));
        let made = texts
            .iter()
            .map(|(text, types)| client.prepare_typed(text, types));
        Ok(Self(try_join_all(made).await?))
    }

    pub(crate) fn get(&self, sql: Sql) -> &Statement {
        &self.0[sql as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_has_its_place() {
        for (place, (sql, ..)) in TEXTS.iter().enumerate() {
            assert_eq!(*sql as usize, place);
        }
    }

    #[test]
    fn a_schema_that_is_there_is_not_made() {
        let schema = Schema::default();
        assert!(create(&schema, false).contains("CREATE SCHEMA IF NOT EXISTS cloud_wit;"));
        assert!(!create(&schema, true).contains("CREATE SCHEMA"));
        assert!(create(&schema, true).contains("cloud_wit.kv_entry"));
    }

    #[test]
    fn every_table_is_in_the_schema() {
        for (sql, text, _) in TEXTS {
            assert_eq!(
                text.matches("kv_").count(),
                text.matches("{schema}.kv_").count(),
                "{sql:?}"
            );
        }
    }
}
