package notify;

import java.util.List;

public final class Notifier {
    private final List<Channel> channels;

    public Notifier(List<Channel> channels) {
        this.channels = List.copyOf(channels);
    }

    public void invoiceDue(String recipient, String number, int days) {
        for (Channel channel : channels) {
            channel.send(recipient, "Invoice " + number + " is due in " + days + " days.");
        }
    }
}
