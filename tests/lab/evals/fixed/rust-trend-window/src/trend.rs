use crate::series::Series;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Trend {
    Rising,
    Falling,
    Flat,
}

/// The mean of every `width` values that follow each other: one less than `width` values fewer than the series has,
/// none when it is shorter than that.
pub fn moving_average(series: &Series, width: usize) -> Vec<f64> {
    let values = &series.values;
    if width == 0 || values.len() < width {
        return Vec::new();
    }
    let mut averages = Vec::with_capacity(values.len() - width + 1);
    for start in 0..=values.len() - width {
        let window = &values[start..start + width];
        averages.push(window.iter().sum::<f64>() / width as f64);
    }
    averages
}

/// Where the moving average went from its first to its last value, None without two of them.
pub fn trend(series: &Series, width: usize, tolerance: f64) -> Option<Trend> {
    let averages = moving_average(series, width);
    if averages.len() < 2 {
        return None;
    }
    let change = averages[averages.len() - 1] - averages[0];
    Some(if change > tolerance {
        Trend::Rising
    } else if change < -tolerance {
        Trend::Falling
    } else {
        Trend::Flat
    })
}
