use crate::count::count;

/// The `n` words that occur most, then by the alphabet.
pub fn top(text: &str, n: usize) -> Vec<(String, usize)> {
    let mut all: Vec<_> = count(text).into_iter().collect();
    // The words differ, so no two entries are equal and an unstable sort gives the same order every time.
    all.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.into_iter().take(n).map(|(word, n)| (word.into_owned(), n)).collect()
}
