use crate::count::count;

/// The `n` words that occur most, then by the alphabet.
pub fn top(text: &str, n: usize) -> Vec<(String, usize)> {
    let mut all: Vec<(String, usize)> = count(text).into_iter().collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    all.truncate(n);
    all
}
