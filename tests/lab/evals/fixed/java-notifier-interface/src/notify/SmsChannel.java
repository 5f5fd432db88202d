package notify;

import java.util.List;

public final class SmsChannel implements Channel {
    private static final int LONGEST = 160;
    private final List<String> sent;

    public SmsChannel(List<String> sent) {
        this.sent = sent;
    }

    @Override
    public void send(String recipient, String subject, String text) {
        String whole = subject + ": " + text;
        sent.add(recipient + " " + cut(whole.length() > LONGEST ? text : whole));
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST - 1) + "…" : text;
    }
}
