package notify;

import java.util.List;

public final class Notifier {
    private final List<Channel> channels;

    public Notifier(List<Channel> channels) {
        this.channels = List.copyOf(channels);
    }

    public void invoiceDue(String recipient, String number, int days) {
        send(recipient, "Invoice " + number, "It is due in " + days + (days == 1 ? " day." : " days."));
    }

    public void overdue(String recipient, String number) {
        send(recipient, "Invoice " + number, "It is overdue.");
    }

    private void send(String recipient, String subject, String text) {
        for (Channel channel : channels) {
            channel.send(recipient, subject, text);
        }
    }
}
