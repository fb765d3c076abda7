// Loaded in front of a program that has nothing to ask of a network: the first thing it asks for ends it.
import { Socket } from "node:net";

Socket.prototype.connect = () => {
  console.error("a connection was asked for");
  process.exit(97);
};
