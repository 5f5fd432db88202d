package export;

import java.util.List;

/** Writes records as CSV text. */
public final class CsvWriter {
    private final StringBuilder text = new StringBuilder();

    public void row(List<String> values) {
        String separator = "";
        for (String value : values) {
            text.append(separator);
            append(value == null ? "" : value);
            separator = ",";
        }
        text.append("\r\n");
    }

    public String text() {
        return text.toString();
    }

    private void append(String value) {
        if (!needsQuotes(value)) {
            text.append(value);
            return;
        }
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"') {
                text.append('"'); // a quote is written twice
            }
            text.append(c);
        }
        text.append('"');
    }

    private static boolean needsQuotes(String value) {
        return value.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    }
}
