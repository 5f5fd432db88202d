package notify;

public interface Channel {
    /**
     * Sends a message. Where there is no room for both, the text counts.
     *
     * @param subject one short line
     * @param text the message itself
     */
    void send(String recipient, String subject, String text);
}
