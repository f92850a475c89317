//! The table of a run: made before, removed after, and the rights to do so.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata as _};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
    TableDescription, TableStatus, TimeToLiveSpecification,
};
use cloud_contract::{Error, ErrorKind, Resource, Resources, Result, ScopeId, Settings};

use crate::config::Config;
use crate::error::translate;
use crate::link::{self, Service, read, write};
use crate::record::{KEY, PARTITION, TTL};

/// The kind of our resources.
const TABLE: &str = "dynamodb-table";
/// How long a table may take to come or to go, and the longest pause between two
/// looks.
const LIMIT: Duration = Duration::from_secs(120);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// What the driver and this file ask of a table.
const ACTIONS: &[&str] = &[
    "BatchGetItem",
    "BatchWriteItem",
    "CreateTable",
    "DeleteItem",
    "DeleteTable",
    "DescribeTable",
    "GetItem",
    "PutItem",
    "Query",
    "UpdateItem",
    "UpdateTimeToLive",
];

pub(crate) const RESOURCES: Resources = Resources {
    plan,
    create: |settings, resource| Box::pin(create(settings, resource)),
    remove: |settings, resource| Box::pin(remove(settings, resource)),
    place: |settings| Box::pin(place(settings)),
    policy,
};

fn plan(run: &ScopeId) -> Vec<(&'static str, Resource)> {
    let table = Resource {
        kind: TABLE.to_owned(),
        name: format!("cw-{run}"),
    };
    vec![("table", table)]
}

async fn service(settings: &Settings, table: Resource) -> Result<Service> {
    let mut config = Config::read(settings)?;
    config.table = Some(table.name);
    Service::new(config).await
}

/// The keys of the table.
pub(crate) fn schema() -> Result<(Vec<KeySchemaElement>, Vec<AttributeDefinition>), BuildError> {
    let keys = [
        (PARTITION, KeyType::Hash, ScalarAttributeType::S),
        (KEY, KeyType::Range, ScalarAttributeType::B),
    ];
    let mut schema = (Vec::new(), Vec::new());
    for (name, kind, scalar) in keys {
        let key = KeySchemaElement::builder().attribute_name(name);
        schema.0.push(key.key_type(kind).build()?);
        let attribute = AttributeDefinition::builder().attribute_name(name);
        schema.1.push(attribute.attribute_type(scalar).build()?);
    }
    Ok(schema)
}

/// What the SDK takes for incomplete, which ours is not.
fn incomplete(error: BuildError) -> Error {
    Error::with_source(
        ErrorKind::Other("a request could not be made".into()),
        error,
    )
}

async fn create(settings: Settings, resource: Resource) -> Result<()> {
    let service = service(&settings, resource).await?;
    let (keys, attributes) = schema().map_err(incomplete)?;
    let request = || {
        let client = &service.client;
        client
            .create_table()
            .table_name(&service.table)
            .set_key_schema(Some(keys.clone()))
            .set_attribute_definitions(Some(attributes.clone()))
            .billing_mode(BillingMode::PayPerRequest)
            .send()
    };
    match write(request).await {
        Ok(_) => {}
        // It is there, or on its way.
        Err(error) if error.code() == Some("ResourceInUseException") => {}
        Err(error) => return Err(translate(error)),
    }
    wait(&service, |table| {
        table.is_some_and(|table| table.table_status() == Some(&TableStatus::Active))
    })
    .await?;
    let lifetimes = TimeToLiveSpecification::builder()
        .enabled(true)
        .attribute_name(TTL)
        .build()
        .map_err(incomplete)?;
    let request = || {
        let client = &service.client;
        client
            .update_time_to_live()
            .table_name(&service.table)
            .time_to_live_specification(lifetimes.clone())
            .send()
    };
    match write(request).await {
        Ok(_) => Ok(()),
        // It is switched on already, or is not known to an emulator. Nothing relies
        // on it.
        Err(error)
            if matches!(
                error.code(),
                Some("ValidationException" | "UnknownOperationException")
            ) =>
        {
            Ok(())
        }
        Err(error) => Err(translate(error)),
    }
}

async fn remove(settings: Settings, resource: Resource) -> Result<()> {
    let service = service(&settings, resource).await?;
    let started = Instant::now();
    let mut was_there = false;
    loop {
        let request = || {
            let client = &service.client;
            client.delete_table().table_name(&service.table).send()
        };
        match write(request).await {
            Ok(_) => break,
            Err(error) => match error.code() {
                Some("ResourceNotFoundException") if was_there => return Ok(()),
                Some("ResourceNotFoundException") => return Err(ErrorKind::NotFound.into()),
                // It is still being made, or goes already.
                Some("ResourceInUseException") if started.elapsed() < LIMIT => {
                    was_there = true;
                    tokio::time::sleep(LONGEST_PAUSE).await;
                }
                _ => return Err(translate(error)),
            },
        }
    }
    wait(&service, |table| table.is_none()).await
}

/// The address, the region, the account if the credentials know it, and the table if
/// the user names one. The account is not always known: two of them may be one place.
async fn place(settings: Settings) -> Result<String> {
    let config = Config::read(&settings)?;
    let table = config.table.clone().unwrap_or_default();
    let found = link::find(config).await?;
    let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
    let account = found.credentials.account_id();
    Ok(format!(
        "{} {} {} {table}",
        found.address,
        text(found.config.region().map(AsRef::as_ref)),
        text(account.map(aws_credential_types::attributes::AccountId::as_str)),
    ))
}

/// Looks at the table until it is as wanted.
async fn wait(service: &Service, wanted: impl Fn(Option<&TableDescription>) -> bool) -> Result<()> {
    let started = Instant::now();
    let mut pause = Duration::from_millis(10);
    loop {
        let request = || {
            let client = &service.client;
            client.describe_table().table_name(&service.table).send()
        };
        let table = match read(request).await {
            Ok(answer) => answer.table,
            Err(error) if error.code() == Some("ResourceNotFoundException") => None,
            Err(error) => return Err(translate(error)),
        };
        if wanted(table.as_ref()) {
            return Ok(());
        }
        if started.elapsed() > LIMIT {
            return Err(ErrorKind::Timeout.into());
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// An identity-based policy of IAM.
fn policy(resources: &[Resource]) -> String {
    let quoted = |texts: Vec<String>| -> String {
        let lines: Vec<String> = texts
            .iter()
            .map(|text| format!("        \"{text}\""))
            .collect();
        lines.join(",\n")
    };
    let actions = ACTIONS.iter().map(|action| format!("dynamodb:{action}"));
    let tables = resources
        .iter()
        .filter(|resource| resource.kind == TABLE)
        .map(|table| format!("arn:aws:dynamodb:*:*:table/{}", table.name));
    format!(
        r#"{{
  "Version": "2012-10-17",
  "Statement": [
    {{
      "Effect": "Allow",
      "Action": [
{}
      ],
      "Resource": [
{}
      ]
    }}
  ]
}}"#,
        quoted(actions.collect()),
        quoted(tables.collect()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_needs_one_table_of_its_name() {
        let run = ScopeId::new("r-1").unwrap();
        let plan = plan(&run);
        let [("table", table)] = plan.as_slice() else {
            panic!("{plan:?}")
        };
        assert_eq!(table.name, "cw-r-1");
        let longest = ScopeId::new("x".repeat(63)).unwrap();
        assert!(super::plan(&longest)[0].1.name.len() <= 255);
    }

    #[test]
    fn the_policy_names_the_tables_and_no_others() {
        let run = ScopeId::new("r-1").unwrap();
        let tables: Vec<Resource> = plan(&run).into_iter().map(|(_, table)| table).collect();
        let policy = policy(&tables);
        assert!(policy.contains("\"arn:aws:dynamodb:*:*:table/cw-r-1\"\n"));
        assert!(policy.contains("\"dynamodb:PutItem\","));
        assert!(!policy.contains("dynamodb:*\"") && !policy.contains("Scan"));
        assert_eq!(policy.matches('{').count(), policy.matches('}').count());
    }

    #[tokio::test]
    async fn a_place_is_a_region_and_an_address_and_tells_no_credentials() {
        let place = async |endpoint: &str, region: &str, key: &str, table: &[(&str, &str)]| {
            let options = [
                ("region", region),
                ("access-key-id", key),
                ("secret-access-key", "sesame"),
            ];
            let settings = Settings {
                endpoint: Some(endpoint.to_owned()),
                ..Settings::default()
            };
            place(settings.or(&options).or(table)).await.unwrap()
        };
        let (here, there) = ("http://127.0.0.1:1", "http://127.0.0.1:2");
        let one = place(here, "eu-west-1", "id", &[]).await;
        assert_eq!(one, place(here, "eu-west-1", "another", &[]).await);
        assert_ne!(one, place(there, "eu-west-1", "id", &[]).await);
        assert_ne!(one, place(here, "us-east-1", "id", &[]).await);
        let table = [("table", "mine")];
        assert_ne!(one, place(here, "eu-west-1", "id", &table).await);
        assert!(!one.contains("sesame") && !one.contains("id "), "{one}");
    }
}
