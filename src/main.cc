#include "app/app.h"

int main(int argument_count, char** arguments) { return aljibe::app::run(argument_count, arguments); }
