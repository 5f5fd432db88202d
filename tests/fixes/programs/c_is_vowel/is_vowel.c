int f(char letter) {
  switch (letter) {
  case 'a':
  case 'e':
  case 'i':
  case 'o':
    return 1;
  default:
    return 0;
  }
}
