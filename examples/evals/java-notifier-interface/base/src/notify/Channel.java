package notify;

public interface Channel {
    void send(String recipient, String text);
}
