package notify;

import java.util.List;

public final class MailChannel implements Channel {
    private final List<String> outbox;

    public MailChannel(List<String> outbox) {
        this.outbox = outbox;
    }

    @Override
    public void send(String recipient, String subject, String text) {
        String line = subject.replaceAll("\\s+", " ").strip(); // a line break would begin another header
        outbox.add("To: " + recipient + "\nSubject: " + line + "\n\n" + text);
    }
}
