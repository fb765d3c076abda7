// @supabase/supabase-js in a page of another origin: every header it sends must pass the browser's own questions (CORS).
import { createClient } from "@supabase/supabase-js";

const server = new URLSearchParams(window.location.search).get("server");
window.supabase = createClient(server, "a-key-that-nobody-checks", { auth: { persistSession: false, autoRefreshToken: false } });
