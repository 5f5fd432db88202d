package game;

public record Player(String name, int score) {}
