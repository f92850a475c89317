//! What a run makes beside its scopes, which is nothing, where it is, and the rights
//! that it needs.

use cloud_contract::{Resources, Result, Settings};

use crate::access;
use crate::config::Config;

/// A run makes nothing but documents under its scopes.
pub(crate) const RESOURCES: Resources = Resources {
    plan: |_| Vec::new(),
    create: |_, _| Box::pin(async { Ok(()) }),
    remove: |_, _| Box::pin(async { Ok(()) }),
    place: |settings| Box::pin(place(settings)),
    policy: |_| access::POLICY.to_owned(),
};

/// The database, as its service names it, and the collection that all scopes are in.
async fn place(settings: Settings) -> Result<String> {
    let config = Config::read(&settings)?;
    let database = access::database(&config).await?;
    Ok(format!(
        "{} {database} {}",
        config.endpoint, config.collection
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_place_is_a_collection_of_a_database() {
        let at = |options: &[(&str, &str)]| {
            place(Settings {
                endpoint: Some("http://127.0.0.1:1".to_owned()),
                ..Settings::default().or(options)
            })
        };
        let one = at(&[("project", "one")]).await.unwrap();
        assert_eq!(one, at(&[("project", "one")]).await.unwrap());
        for other in [
            vec![("project", "two")],
            vec![("project", "one"), ("database", "other")],
            vec![("project", "one"), ("collection", "other")],
        ] {
            assert_ne!(one, at(&other).await.unwrap(), "{other:?}");
        }
    }
}
