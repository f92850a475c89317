//! Settings, and how a provider refuses those that are wrong.

use cloud_contract::{ErrorKind, Result, Settings};

/// An endpoint and options.
pub type Given<'a> = (Option<&'a str>, &'a [(&'a str, &'a str)]);

/// The settings out of them.
#[must_use]
pub fn settings(endpoint: Option<&str>, options: &[(&str, &str)]) -> Settings {
    let settings = Settings {
        endpoint: endpoint.map(str::to_owned),
        ..Settings::default()
    };
    settings.or(options)
}

/// Each of the wrong settings is an invalid argument, and so are, beside what is good,
/// an option that nobody has and a time limit that is none. No text has a value in it:
/// the word `sesame` stands where one would be seen.
pub fn assert_refused<T>(
    read: impl Fn(&Settings) -> Result<T>,
    good: Given<'_>,
    wrong: &[Given<'_>],
) {
    let refusal = |settings: &Settings| {
        let shown = || (settings.endpoint.as_deref(), &settings.options);
        let Err(error) = read(settings) else {
            panic!("taken: {:?}", shown())
        };
        let invalid = matches!(error.kind(), ErrorKind::InvalidArgument(_));
        assert!(invalid, "{error:?}: {:?}", shown());
        let text = format!("{error} {error:?}");
        assert!(!text.to_lowercase().contains("sesame"), "{text}");
        text
    };
    for &(endpoint, options) in wrong {
        refusal(&settings(endpoint, options));
    }
    let with = |name: &str, value: &str| {
        let mut settings = settings(good.0, good.1);
        settings.options.insert(name.to_owned(), value.to_owned());
        settings
    };
    assert!(read(&settings(good.0, good.1)).is_ok(), "{good:?}");
    let text = refusal(&with("no-such-option", "sesame"));
    assert!(text.contains("there is no `no-such-option`"), "{text}");
    if text.contains("timeout-ms") {
        for value in ["sesame", "", "0", "3600001"] {
            let text = refusal(&with("timeout-ms", value));
            assert!(text.contains("timeout-ms: must be a whole"), "{text}");
        }
    }
}
