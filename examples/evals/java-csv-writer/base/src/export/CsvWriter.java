package export;

import java.util.List;

/** Writes records as CSV text. */
public final class CsvWriter {
    private String text = "";

    public void row(List<String> values) {
        String line = "";
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                line += ",";
            }
            String value = values.get(i);
            if (value == null) {
                value = "";
            }
            if (value.contains(",") || value.contains("\"") || value.contains("\n") || value.contains("\r")) {
                line += "\"" + value.replace("\"", "\"\"") + "\"";
            } else {
                line += value;
            }
        }
        text += line + "\r\n";
    }

    public String text() {
        return text;
    }
}
