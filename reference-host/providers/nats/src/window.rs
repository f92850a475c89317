//! The first names of a list, in their order, out of more than there is room for.

/// How many bytes of names are kept. Up to twice as many are held meanwhile.
const WINDOW_BYTES: usize = 4 << 20;
/// What a name takes besides its bytes.
const NAME_BYTES: usize = 24;

/// Names that come in no order, the first of which are wanted.
#[derive(Debug, Default)]
pub(crate) struct Window {
    names: Vec<String>,
    bytes: usize,
    /// This name was left out, and all behind it.
    end: Option<String>,
}

impl Window {
    pub(crate) fn offer(&mut self, name: String) {
        if self.end.as_ref().is_some_and(|end| name >= *end) {
            return;
        }
        self.bytes += name.len() + NAME_BYTES;
        self.names.push(name);
        if self.bytes > 2 * WINDOW_BYTES {
            self.narrow();
        }
    }

    fn narrow(&mut self) {
        self.sort();
        self.bytes = 0;
        let fitting = self.names.iter().take_while(|name| {
            let bytes = self.bytes + name.len() + NAME_BYTES;
            let fits = bytes <= WINDOW_BYTES;
            if fits {
                self.bytes = bytes;
            }
            fits
        });
        let fitting = fitting.count();
        if let Some(first) = self.names.drain(fitting..).next() {
            self.end = Some(first);
        }
    }

    fn sort(&mut self) {
        self.names.sort_unstable();
        self.names.dedup();
    }

    /// The first names, and whether these are all.
    pub(crate) fn sorted(mut self) -> (Vec<String>, bool) {
        self.sort();
        (self.names, self.end.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize, bytes: usize) -> Vec<String> {
        let names = (0..count).map(|number| {
            // In no order.
            let number = number * 7_919 % count;
            format!("{number:0bytes$}")
        });
        names.collect()
    }

    #[test]
    fn what_fits_is_all() {
        let mut window = Window::default();
        for name in names(1_000, 20).into_iter().chain(names(1_000, 20)) {
            window.offer(name);
        }
        let (sorted, is_whole) = window.sorted();
        assert!(is_whole && sorted.is_sorted());
        assert_eq!(sorted.len(), 1_000);
    }

    #[test]
    fn the_first_stay_however_many_come() {
        let mut all = names(20_000, 2_000);
        let mut window = Window::default();
        for name in &all {
            window.offer(name.clone());
            assert!(window.bytes <= 2 * WINDOW_BYTES);
        }
        let (sorted, is_whole) = window.sorted();
        assert!(!is_whole && sorted.len() > 2_000);
        all.sort_unstable();
        assert_eq!(sorted, all[..sorted.len()]);
    }
}
