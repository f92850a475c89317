//! Which image a container is made from: the one that the provider pins, or what
//! the user says.

use std::fmt;

use cloud_contract::{Container, Target};

/// An image with its tag, and its digest where one is pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Without tag and digest.
    pub name: String,
    /// Its tag, and behind `@` its digest if it is pinned.
    pub tag: String,
}

impl Image {
    /// The image that a provider pins.
    #[must_use]
    pub fn pinned(container: &Container) -> Self {
        let tag = match container.digest {
            "" => container.tag.to_owned(),
            digest => format!("{}@{digest}", container.tag),
        };
        Self {
            name: container.image.to_owned(),
            tag,
        }
    }

    /// What a user wrote: `redis:7.4`, `local/redis`, `host:5000/redis:7@sha256:...`.
    fn parse(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is no image; write NAME:TAG, and @DIGEST behind it to pin it");
        let (plain, digest) = match text.split_once('@') {
            Some((plain, digest)) => (plain, Some(digest)),
            None => (text, None),
        };
        // A colon before the last slash belongs to a port.
        let (name, tag) = match plain.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, tag),
            _ => (plain, "latest"),
        };
        let fits =
            |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && c != '=');
        if !fits(name) || !fits(tag) || digest.is_some_and(|digest| !fits(digest)) {
            return Err(wrong());
        }
        Ok(Self {
            name: name.to_owned(),
            tag: match digest {
                Some(digest) => format!("{tag}@{digest}"),
                None => tag.to_owned(),
            },
        })
    }

    /// The same image from another registry.
    fn at_registry(mut self, registry: &str) -> Self {
        if let Some((first, rest)) = self.name.split_once('/')
            && (first.contains(['.', ':']) || first == "localhost")
        {
            self.name = format!("{registry}/{rest}");
        } else {
            self.name = format!("{registry}/{}", self.name);
        }
        self
    }
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.name, self.tag)
    }
}

/// What a user says about images.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Images {
    registry: Option<String>,
    /// For a target, or for whatever is stood up.
    named: Vec<(Option<String>, Image)>,
}

impl Images {
    /// Reads what was said: `IMAGE`, or `PROVIDER=IMAGE` for one of several, and a
    /// registry in whose place the pinned images are looked for.
    ///
    /// # Errors
    /// What is wrong with a word.
    pub fn parse<'a>(
        words: impl IntoIterator<Item = &'a str>,
        registry: Option<&str>,
    ) -> Result<Self, String> {
        let mut images = Self::default();
        if let Some(registry) = registry.map(|host| host.trim_end_matches('/')) {
            if registry.is_empty() || registry.contains("://") || registry.contains(' ') {
                return Err("a registry is HOST, HOST:PORT or HOST/PATH".to_owned());
            }
            images.registry = Some(registry.to_owned());
        }
        for word in words {
            let (target, image) = match word.split_once('=') {
                Some((target, image)) => (Some(target.to_owned()), image),
                None => (None, word),
            };
            let image = Image::parse(image)?;
            if images.named.iter().any(|(other, _)| *other == target) {
                return Err(match target {
                    Some(target) => format!("the image of {target} is given twice"),
                    None => "an image is given twice; write PROVIDER=IMAGE".to_owned(),
                });
            }
            images.named.push((target, image));
        }
        Ok(images)
    }

    /// The targets that images are named for.
    pub fn targets(&self) -> impl Iterator<Item = &str> {
        self.named
            .iter()
            .filter_map(|(target, _)| target.as_deref())
    }

    /// Whether an image is named for no target.
    #[must_use]
    pub fn is_for_any(&self) -> bool {
        self.named.iter().any(|(target, _)| target.is_none())
    }

    /// Whether an image is named for this target, or for whatever is stood up.
    #[must_use]
    pub fn names(&self, target: &Target) -> bool {
        self.is_for_any() || self.targets().any(|named| named == target.id())
    }

    /// The image of a target: its own, the one for all, or the pinned one.
    #[must_use]
    pub fn of(&self, target: &Target, container: &Container) -> Image {
        let id = target.id();
        let mine = |wanted: Option<&str>| {
            let mut named = self.named.iter();
            named.find(|(target, _)| target.as_deref() == wanted)
        };
        if let Some((_, image)) = mine(Some(&id)).or_else(|| mine(None)) {
            return image.clone();
        }
        let image = Image::pinned(container);
        match &self.registry {
            Some(registry) => image.at_registry(registry),
            None => image,
        }
    }
}

#[cfg(test)]
mod tests {
    use cloud_contract::{ErrorKind, Factory, Flavour};

    use super::*;

    const CONTAINER: Container = Container {
        image: "docker.io/library/cache",
        tag: "7.4",
        digest: "sha256:00",
        ..Container::EMPTY
    };

    static CACHE: Factory = Factory {
        name: "cache",
        summary: "",
        flavours: &[
            Flavour {
                name: "cache",
                ..Flavour::EMPTY
            },
            Flavour {
                name: "other",
                ..Flavour::EMPTY
            },
        ],
        needs_directory: false,
        resources: None,
        connect: |_| Box::pin(async { Err(ErrorKind::Unavailable.into()) }),
    };

    fn images(words: &[&str], registry: Option<&str>) -> Vec<String> {
        let images = Images::parse(words.iter().copied(), registry).unwrap();
        Target::of(&CACHE)
            .map(|target| images.of(&target, &CONTAINER).to_string())
            .collect()
    }

    #[test]
    fn the_pinned_image_holds_until_the_user_says_otherwise() {
        let pinned = "docker.io/library/cache:7.4@sha256:00";
        assert_eq!(images(&[], None), [pinned, pinned]);
        assert_eq!(
            images(&["cache=local/cache:1"], None),
            ["local/cache:1", pinned]
        );
        assert_eq!(
            images(
                &["local/cache", "cache/other=host:5000/o:2@sha256:11"],
                None
            ),
            ["local/cache:latest", "host:5000/o:2@sha256:11"]
        );
        let mirrored = "mirror.example:5000/hub/library/cache:7.4@sha256:00";
        assert_eq!(
            images(&["cache=mine"], Some("mirror.example:5000/hub/")),
            ["mine:latest", mirrored]
        );
    }

    #[test]
    fn what_is_no_image_is_refused() {
        for wrong in ["", "cache=", ":1", "a b", "a@", "cache=a=b"] {
            assert!(Images::parse([wrong], None).is_err(), "{wrong}");
        }
        assert!(Images::parse(["a", "b"], None).is_err());
        assert!(Images::parse(["x=a", "x=b"], None).is_err());
        for wrong in ["", "https://mirror.example"] {
            assert!(Images::parse([], Some(wrong)).is_err(), "{wrong}");
        }
    }
}
