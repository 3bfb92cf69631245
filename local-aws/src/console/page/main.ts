/**
 * The console: a page of the local AWS that sends messages to the stack and shows how they are processed.
 */
import type { TracedMessage } from "../../trace/types.ts";
import { createFrameReader } from "./content.ts";
import { createDeadLetterDialog } from "./dead-letters.ts";
import { oncePerFrame } from "./dom.ts";
import { showLinks } from "./links.ts";
import { setFunctionNames } from "./function-names.ts";
import { createMessageList } from "./message-list.ts";
import { createOverview } from "./overview.ts";
import { loadSettings } from "./settings.ts";
import { followTrace } from "./stream.ts";
import { createTalk } from "./talk.ts";
import { createTimeline } from "./timeline.ts";

const timeline = createTimeline();
const overview = createOverview({ openDeadLetters: createDeadLetterDialog() });
let selected: TracedMessage | undefined;
const showSelected = oncePerFrame(() => timeline.show(selected));
const settings = await loadSettings();
const list = createMessageList(createFrameReader(settings), (message) => {
  selected = message;
  showSelected();
});
const talk = createTalk(settings, { onSent: list.selectSent });
showLinks(settings);

followTrace({
  onMessage(message) {
    list.update(message);
    talk.onTraced(message);
  },
  onOverview(now) {
    if (setFunctionNames(now.functions.map(({ functionName }) => functionName))) showSelected();
    overview.show(now);
    talk.onApis(now.apis);
  },
  onReachable: overview.setReachable,
});
