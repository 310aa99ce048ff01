export type {
  Bases,
  ProtocolClient,
  ProtocolOptions,
  ProtocolPorts,
  RosterEntry,
  RosterView,
  SavedSession,
  StoredContact,
} from './ports.ts'
