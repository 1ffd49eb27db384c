"""A spoken turn with a tool call, by the SDK for Python: prints what it got, as JSON.

Usage: spoken_turn.py BASE_URL CERTIFICATE_FILE WAV_FILE
"""

import asyncio
import json
import ssl
import sys
import wave

from google import genai
from google.genai import types


async def main(base_url: str, certificate: str, speech: str) -> None:
    trust = ssl.create_default_context(cafile=certificate)
    client = genai.Client(
        api_key="test-key",
        http_options=types.HttpOptions(base_url=base_url, async_client_args={"ssl": trust}),
    )
    declaration = {"name": "get_weather", "description": "The weather in a city"}
    config = {
        "response_modalities": ["AUDIO"],
        "output_audio_transcription": {},
        "tools": [{"function_declarations": [declaration]}],
    }
    with wave.open(speech) as file:
        samples = file.readframes(28_800)
    got = {"calls": [], "transcript": "", "audio_bytes": 0, "complete": False}
    async with client.aio.live.connect(model="gemini-2.5-flash-native-audio", config=config) as session:
        for start in range(0, len(samples), 640):
            chunk = types.Blob(data=samples[start : start + 640], mime_type="audio/pcm;rate=16000")
            await session.send_realtime_input(audio=chunk)
        async for message in session.receive():
            if message.tool_call:
                for call in message.tool_call.function_calls:
                    got["calls"].append(call.name)
                    response = types.FunctionResponse(id=call.id, name=call.name, response={"celsius": 12})
                    await session.send_tool_response(function_responses=[response])
            got["audio_bytes"] += len(message.data or b"")
            content = message.server_content
            if content and content.output_transcription and content.output_transcription.text:
                got["transcript"] += content.output_transcription.text
            if content and content.turn_complete:
                got["complete"] = True
    print(json.dumps(got))


asyncio.run(main(*sys.argv[1:]))
