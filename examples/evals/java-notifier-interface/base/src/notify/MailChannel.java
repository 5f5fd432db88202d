package notify;

import java.util.List;

public final class MailChannel implements Channel {
    private final List<String> outbox;

    public MailChannel(List<String> outbox) {
        this.outbox = outbox;
    }

    @Override
    public void send(String recipient, String text) {
        outbox.add("To: " + recipient + "\nSubject: Notification\n\n" + text);
    }
}
