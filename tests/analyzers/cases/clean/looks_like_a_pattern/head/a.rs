impl Default for A { fn default() -> Self { Self::new() } }
fn f(v: &[u8]) { for i in (0..v.len()).rev() { g(i, v.len() > 0 && v[i] != 1 && v[i] != 2); } }
